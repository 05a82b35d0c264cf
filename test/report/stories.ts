/** Restores with all that a report can tell, for its tests. */
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { ana, bo, cy } from '../restore/support/story.ts';
import { looking, opened, ran, runAll, signed, staged, stories } from '../slack/support/whole-story.ts';

const at = (seconds: number): string => `${1_795_443_360 + seconds}.000100`;

/** Stuck on the way, edited, talked about, not as predicted, and not everything done afterwards. */
export const eventful: readonly RestoreEvent[] = [
  ...staged.slice(0, 20),
  {
    type: 'thread-said',
    person: bo,
    ts: at(60),
    text: 'ads is paged, <@UCY> looks at bidder',
    files: ['graph.png'],
  },
  ...staged.slice(20, -3),
  { type: 'step-started', step: 'summarise-staged', attempt: 1 },
  {
    type: 'step-failed',
    step: 'summarise-staged',
    code: 'agent-unreachable',
    message: 'aurora-2 does not answer since 14:31.',
    hint: 'Start the agent on aurora-2.',
  },
  { type: 'thread-said', person: cy, ts: at(700), text: 'restarting the agent\non aurora-2' },
  { type: 'thread-edited', ts: at(700), text: 'restarted the agent on aurora-2' },
  { type: 'look-again-ordered', person: bo },
  ...runAll('summarise-staged'),
  opened('commit', 2, 38),
  {
    type: 'edit-ordered',
    digest: signedDigest(),
    person: bo,
    taskIds: ['1-new-late-0', '1-new-late-1'],
    jobs: [{ job: 'new/prod/late', tasks: 2 }],
    reason: 'stopped on purpose on Friday',
  },
  ...runAll('summarise-staged'),
  opened('commit', 2, 38),
  { type: 'pause-ordered', person: cy, reason: 'ads is asked' },
  { type: 'resume-ordered', person: bo },
  ...looking.slice(staged.length),
  { type: 'thread-marked', ts: at(700), person: ana },
  { type: 'release-ordered', person: null },
  ...runAll('unblock-traffic', 'release-reconciliation'),
  ...ran('soak', {
    observed: { killed: 4, rescheduled: 4, kept: 4 },
    asPredicted: false,
    differences: ['x-1 of www/prod/web ended, which was not predicted'],
  }),
  ...ran('report', { restartWanted: ['aurora-1', 'aurora-3'] }),
  { type: 'restore-ended', outcome: 'completed', message: 'Restored and verified.' },
  { type: 'thread-said', person: cy, ts: at(1560), text: 'wrong channel, sorry' },
  { type: 'thread-deleted', ts: at(1560) },
  { type: 'left-work-done', work: 'not-as-predicted', person: bo },
];

function signedDigest(): string {
  const sign = signed('commit', bo);
  return sign.type === 'signed-off' ? sign.digest : '';
}

export const allStories: Readonly<Record<string, readonly RestoreEvent[]>> = { ...stories, eventful };
