/** Restores that leave the straight line at the commit gate: an edit, a new start, a foreign hand, a pause. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { commitDigest, looking, opened, passed, ran, runAll, signed, staged } from './whole-story.ts';

const editedDigest = '0ed17ed0'.repeat(8);

const edited = { commitDigest: editedDigest, leftOut: 2, tasks: 7, unchangedSincePlan: false };

/** Bo leaves two tasks out after ana has signed; it is staged without them and asked about again. */
export const leftOut: readonly RestoreEvent[] = [
  ...staged,
  signed('commit', ana),
  {
    type: 'edit-ordered',
    digest: commitDigest,
    person: bo,
    taskIds: ['www-devel-scratch-0-a', 'www-devel-scratch-1-b'],
    jobs: [{ job: 'www/devel/scratch', tasks: 2 }],
    reason: 'its owner stopped it on purpose',
  },
  ...ran('summarise-staged', edited),
  { ...opened('commit', 2, 60), digest: editedDigest } as RestoreEvent,
];

/** A sign-off of what is left. */
export function signedEdited(person: typeof ana): RestoreEvent {
  return { type: 'signed-off', gate: 'commit', digest: editedDigest, person, comment: '' };
}

/** Ordered, found to be gone, and staged once more: the same came out. */
export const keptOnce: readonly RestoreEvent[] = [
  ...staged,
  signed('commit', bo),
  signed('commit', cy),
  { type: 'commit-ordered', digest: commitDigest, person: cy },
  passed('commit', bo, cy),
  { type: 'step-started', step: 'commit', attempt: 1 },
  {
    type: 'taken-back',
    to: 'find-elected',
    code: 'scheduler-restarted',
    message: 'The scheduler on aurora-1 was restarted; what was staged went with it.',
    signOffs: 'kept',
  },
  ...runAll('find-elected', 'stage-backup', 'summarise-staged'),
];

/** Somebody else unloads what is staged while people sign. */
export const foreignHand: readonly RestoreEvent[] = [
  ...staged,
  signed('commit', bo),
  {
    type: 'foreign-hand',
    act: 'unloaded',
    host: 'aurora-1',
    message: 'What was staged on aurora-1 is gone, and its scheduler has not restarted.',
    hint: 'Find who else works on this cluster, and make them stop. Nothing was committed by this restore. Then look again and sign again, or put everything back.',
  },
];

export const pausedAtGate: readonly RestoreEvent[] = [
  ...staged,
  { type: 'pause-ordered', person: cy, reason: 'ads is still counting' },
];

export const pausedAtLook: readonly RestoreEvent[] = [
  ...looking,
  { type: 'pause-ordered', person: cy, reason: 'ads is still counting' },
];

export const turnStories: Readonly<Record<string, readonly RestoreEvent[]>> = {
  'edited and signed again': [...leftOut, signedEdited(ana), signedEdited(bo), signedEdited(cy)],
  'staged once more with its sign-offs': keptOnce,
  'stopped by a foreign hand': [...foreignHand, { type: 'look-again-ordered', person: bo }],
  'paused and resumed': [...pausedAtGate, { type: 'resume-ordered', person: bo }],
  'paused at the second look': [...pausedAtLook, { type: 'resume-ordered', person: bo }],
};
