import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../src/cli/record-sentence.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { bo, proposed } from '../restore/support/story.ts';
import { nastyWords, unseen } from '../support/nasty-words.ts';

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
      'retried from find-elected, sign-offs still count if the result is the same: "It was restarted."',
    ],
    [
      { type: 'foreign-hand', act: 'unloaded', host: 'aurora-1', message: 'It is gone.', hint: '' },
      'somebody else was seen at work on aurora-1 (unloaded), earlier sign-offs no longer count: "It is gone."',
    ],
    [{ type: 'pause-ordered', person: bo, reason: 'ads counts' }, 'bo paused it: "ads counts"'],
    [{ type: 'resume-ordered', person: bo }, 'bo resumed it'],
    [
      { type: 'commit-ordered', digest: 'd', person: { ...bo, terminalKey: 'laptop' } },
      'bo (in a terminal, with the key laptop) committed (digest d)',
    ],
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

  it.each(Object.entries(nastyWords))('stays one line of what can be seen: %s', (_trick, text) => {
    const person = { ...bo, name: text, terminalKey: text };
    const said = { code: text, message: text, hint: text };
    const events: readonly RestoreEvent[] = [
      { ...proposed(), reason: text, incident: text, cluster: text, requester: person },
      { type: 'refused', person, what: text, code: text, message: text },
      { type: 'restore-ended', outcome: 'failed', message: text },
      { type: 'step-failed', step: 'commit', ...said },
      { type: 'foreign-hand', act: 'unloaded', host: text, message: text, hint: text },
      { type: 'taken-back', to: 'find-elected', code: text, message: text, signOffs: 'kept' },
      { type: 'edit-ordered', digest: text, person, taskIds: [text], reason: text },
      { type: 'signed-off', gate: 'stop', digest: text, person, comment: text },
      { type: 'pause-ordered', person, reason: text },
      { type: 'release-ordered', person },
    ];
    for (const event of events) expect(sentenceOf(event)).not.toMatch(unseen);
  });

  it('lets no text pose as another value', () => {
    const line = sentenceOf({ type: 'restore-ended', outcome: 'failed', message: 'x  outcome=completed' });

    expect(line).toBe('restore-ended  outcome=failed  message="x  outcome=completed"');
  });
});
