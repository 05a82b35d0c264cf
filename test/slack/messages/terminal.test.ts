/** The thread and the report say what was decided in a terminal, and with which key. */
import { expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { bo, cy, untilCommitGate, untilStopGate } from '../../restore/support/story.ts';
import { renderStory, textsOf } from '../support/rendered.ts';
import { decisionsOf, recordsOf } from '../support/whole-story.ts';

const person = { ...bo, terminalKey: 'lap*top' };
const signOff = { type: 'signed-off', gate: 'commit', digest: 'c1', person, comment: '' } as const;
const decided: readonly (readonly RestoreEvent[])[] = [
  [...untilCommitGate(), signOff],
  [
    ...untilCommitGate(),
    signOff,
    { ...signOff, person: cy },
    { type: 'commit-ordered', digest: 'c1', person },
  ],
  [...untilStopGate(), { type: 'abort-ordered', person, reason: 'wrong cluster' }],
];

it.each(decided)('%#: in the thread, and in the report', (...events) => {
  const texts = renderStory(events).flatMap(({ message }) => textsOf(message));
  expect(texts).toContain("Decided in a terminal on the bot's machine, with the key `lap*top`.");
  expect(decisionsOf(recordsOf(events)).join('\n')).toContain('bo (in a terminal, with the key lap∗top)');
});

it('and nothing of what was pressed in Slack', () => {
  const texts = renderStory([...untilCommitGate(), { ...signOff, person: bo }]).flatMap(({ message }) =>
    textsOf(message),
  );
  expect(texts.join('\n')).not.toContain('terminal');
});
