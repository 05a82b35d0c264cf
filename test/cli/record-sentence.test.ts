import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../src/cli/record-sentence.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { bo } from '../restore/support/story.ts';

describe('record show', () => {
  it.each<[RestoreEvent, string]>([
    [
      { type: 'edit-ordered', digest: 'd', person: bo, taskIds: ['a', 'b'], reason: 'on purpose' },
      'bo left 2 tasks out: "on purpose" ("a", "b")',
    ],
    [
      { type: 'edit-ordered', digest: 'd', person: bo, taskIds: [...'abcdefg'], reason: 'x' },
      'bo left 7 tasks out: "x" ("a", "b", "c", "d", "e" and 2 more, all in the export)',
    ],
    [
      { type: 'taken-back', to: 'find-elected', code: 'c', message: 'It was restarted.', signOffs: 'kept' },
      'begun once more from find-elected, sign-offs stand if the same comes out: "It was restarted."',
    ],
    [
      { type: 'foreign-hand', act: 'unloaded', host: 'aurora-1', message: 'It is gone.', hint: '' },
      'somebody else was seen at work on aurora-1 (unloaded), sign-offs count no more: "It is gone."',
    ],
    [{ type: 'pause-ordered', person: bo, reason: 'ads counts' }, 'bo paused it: "ads counts"'],
    [{ type: 'resume-ordered', person: bo }, 'bo resumed it'],
    [
      { type: 'abandon-ordered', person: bo, reason: 'its disk is dead' },
      'bo left it as it is: "its disk is dead"',
    ],
    [{ type: 'gate-passed', gate: 'stop', digest: 'd', signers: [bo] }, 'gate-passed  gate=stop  digest=d'],
  ])('says of %o', (event, sentence) => {
    expect(sentenceOf(event)).toBe(sentence);
  });

  it('lets no reason reach a terminal as anything but words', () => {
    expect(sentenceOf({ type: 'pause-ordered', person: bo, reason: '\u001b[2J' })).toBe(
      'bo paused it: "\\u001b[2J"',
    );
  });
});
