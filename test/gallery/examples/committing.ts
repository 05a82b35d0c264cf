/** Hosts are isolated and the backup is staged: sign-offs, the order, and what came of it. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { StagedTask } from '../../../src/restore/record/staged-task.ts';
import { fullPlanView } from '../../../src/slack/views/full-plan.ts';
import { ana, bo, cy } from '../../restore/support/story.ts';
import { keptOnce, leftOut, signedEdited } from '../../slack/support/turn-stories.ts';
import {
  commitDigest,
  looking,
  offLine,
  passed,
  runAll,
  signed,
  staged,
  stories,
} from '../../slack/support/whole-story.ts';
import type { Group } from '../example.ts';
import { card, formOf, lastOf, reply, said, upTo } from '../moments.ts';
import { playRewind } from '../played.ts';

const isStep = (step: string) => (event: RestoreEvent) => 'step' in event && event.step === step;
const both: readonly RestoreEvent[] = [
  ...staged,
  signed('commit', bo, 'web and ads know'),
  signed('commit', cy, 'same as the plan'),
];
const ordered: readonly RestoreEvent[] = [
  ...both,
  { type: 'commit-ordered', digest: commitDigest, person: cy },
];
const fell = upTo(
  stories['a signer fell, others approve now, and the second look was reminded of'] ?? [],
  'sign-off-fell',
);
const approversChanged = upTo(
  stories['a signer fell, others approve now, and the second look was reminded of'] ?? [],
  'approvers-changed',
);
const unknown = stories['commit unknown, not as predicted'] ?? [];

const scratch: readonly StagedTask[] = [0, 1].map((instance) => ({
  taskId: `www-devel-scratch-${instance}-0f3a`,
  jobKey: { role: 'www', environment: 'devel', name: 'scratch' },
  status: 'RUNNING',
  flaw: 'no task events',
}));
/** Two of the staged tasks would kill every scheduler. */
const unlivable = staged.map(
  (event): RestoreEvent =>
    event.type === 'step-completed' && event.step === 'summarise-staged'
      ? {
          ...event,
          facts: {
            ...event.facts,
            unlivable: {
              tasks: 2,
              shown: scratch.map(({ taskId }) => ({
                taskId,
                job: 'www/devel/scratch',
                flaw: 'no task events',
              })),
            },
          },
        }
      : event,
);

export async function committingExamples(): Promise<Group> {
  const rewound: readonly RestoreEvent[] = [...both, await playRewind()];
  return {
    title: 'Isolated, staged, signed off and committed',
    examples: [
      card(
        {
          id: 'card-running',
          title: 'The card while it runs',
          seen: 'In the channel, between two decisions.',
          main: true,
        },
        upTo(staged, 'step-started', isStep('find-elected')),
        {
          progress: "Waiting for the elected scheduler's storage: 11 s (usual: up to 20 s)",
          progressAt: Date.UTC(2026, 10, 23, 14, 24, 3),
        },
      ),
      reply(
        {
          id: 'staged',
          title: 'Sign-offs are asked for',
          seen: 'In the thread, when the backup is staged and nothing is committed.',
          main: true,
        },
        said(staged),
      ),
      reply(
        {
          id: 'staged-signed',
          title: 'The same with one sign-off',
          seen: 'In the thread, after the first of two.',
        },
        said(staged, { later: [signed('commit', bo)] }),
      ),
      reply(
        {
          id: 'staged-answered',
          title: 'The same, answered',
          seen: 'In the thread, once both have signed off.',
        },
        said(staged, { later: [signed('commit', bo), signed('commit', cy)] }),
      ),
      card(
        {
          id: 'card-commit',
          title: 'The card at the sign-offs',
          seen: 'In the channel, while the commit waits to be signed off.',
          main: true,
        },
        staged,
      ),
      formOf({ id: 'sign-off-form', title: 'Sign off', seen: 'After *Sign off…*' }, 'sign-off', staged, {
        gate: 'commit',
      }),
      formOf(
        {
          id: 'sign-off-form-author',
          title: 'Sign off, by one of two authors',
          seen: 'The same, for somebody whose sign-off counts together with another one.',
        },
        'sign-off',
        [...leftOut, signedEdited(ana)],
        { gate: 'commit', userId: bo.userId },
      ),
      reply(
        { id: 'signed-off', title: 'One has signed off', seen: 'In the thread.' },
        said([...staged, signed('commit', bo, 'web and ads know')]),
      ),
      reply(
        {
          id: 'ready-to-commit',
          title: 'Both have signed off',
          seen: 'In the thread, after the last sign-off needed.',
        },
        said(both, { nth: 1 }),
      ),
      card(
        {
          id: 'card-order',
          title: 'The card when it can be committed',
          seen: 'In the channel, until one of the signers commits.',
        },
        both,
      ),
      formOf(
        { id: 'leave-out-form', title: 'Leave tasks out', seen: 'After *Leave tasks out…*' },
        'leave-out',
        staged,
        { gate: 'commit' },
      ),
      formOf(
        {
          id: 'leave-out-form-unlivable',
          title: 'Leave the tasks out that kill schedulers',
          seen: 'The same, when no scheduler can live on some of them.',
        },
        'leave-out',
        unlivable,
        { gate: 'commit', staged: scratch },
      ),
      card(
        {
          id: 'card-unlivable',
          title: 'The card when tasks have to be left out',
          seen: 'In the channel, when nobody can sign yet.',
        },
        unlivable,
      ),
      reply(
        {
          id: 'staged-unlivable',
          title: 'Tasks have to be left out first',
          seen: 'In the thread, at the same time.',
        },
        said(unlivable),
      ),
      reply(
        { id: 'left-out', title: 'Tasks were left out', seen: 'In the thread.' },
        said(upTo(leftOut, 'edit-ordered')),
      ),
      reply(
        {
          id: 'staged-left-out',
          title: 'Sign-offs are asked for again',
          seen: 'In the thread, without the tasks that were left out.',
        },
        said(leftOut),
      ),
      card({ id: 'card-left-out', title: 'The card with tasks left out', seen: 'In the channel.' }, leftOut),
      formOf(
        {
          id: 'decline-commit-form',
          title: 'Decline the commit',
          seen: 'After *Decline…* at the sign-offs.',
        },
        'decline',
        staged,
        { gate: 'commit' },
      ),
      reply(
        { id: 'commit-declined', title: 'The commit is declined', seen: 'In the thread.' },
        said([
          ...staged,
          {
            type: 'declined',
            gate: 'commit',
            digest: commitDigest,
            person: bo,
            reason: 'not during the sale',
          },
        ]),
      ),
      reply(
        { id: 'commit-expired', title: 'Too few signed in time', seen: 'In the thread.' },
        said([...staged, signed('commit', bo), { type: 'gate-expired', gate: 'commit' }]),
      ),
      reply(
        {
          id: 'sign-off-fell',
          title: 'A sign-off is gone',
          seen: 'In the thread, when a signer may not sign any more.',
        },
        said(fell),
      ),
      reply(
        {
          id: 'approvers-changed',
          title: 'Others approve now',
          seen: 'In the thread, when the configuration names other approvers.',
        },
        said(approversChanged),
      ),
      reply(
        {
          id: 'rewind',
          title: 'It has to be staged once more',
          seen: 'In the thread, when a scheduler was restarted while people decide.',
        },
        said(rewound),
      ),
      reply(
        {
          id: 'staged-once-more',
          title: 'Staged once more, and the same came out',
          seen: 'In the thread, when nobody has to sign again.',
        },
        said(keptOnce),
      ),
      {
        id: 'full-plan-turns',
        title: 'The full plan after that',
        seen: 'After *Full plan*, of a restore that went back in its plan.',
        kind: 'form',
        view: fullPlanView(lastOf(keptOnce)),
      },
      formOf(
        {
          id: 'commit-form',
          title: 'Commit',
          seen: 'After *Commit…*: the last form before the point of no return.',
          main: true,
        },
        'commit',
        both,
        { gate: 'commit' },
      ),
      reply({ id: 'commit-ordered', title: 'The commit is ordered', seen: 'In the thread.' }, said(ordered)),
      reply(
        { id: 'commit-answered', title: 'The scheduler said OK', seen: 'In the thread.' },
        said([...ordered, passed('commit', bo, cy), ...runAll('commit')]),
      ),
      reply(
        {
          id: 'commit-unknown',
          title: 'The answer got lost',
          seen: 'In the thread, when nobody knows yet whether it was committed.',
        },
        said(upTo(unknown, 'step-completed', isStep('commit'))),
      ),
      reply(
        {
          id: 'recovery-tool',
          title: 'The recovery tool has run',
          seen: 'In the thread, where the backup goes in by Aurora’s own tool.',
        },
        said(upTo(offLine, 'step-completed', isStep('run-recovery-tool'))),
      ),
      reply(
        { id: 'verified', title: 'Read back, and the same', seen: 'In the thread.' },
        said(upTo(looking, 'step-completed', isStep('verify-restored'))),
      ),
      card(
        {
          id: 'card-committed',
          title: 'The card after the commit',
          seen: 'In the channel, while the schedulers start.',
        },
        upTo(looking, 'step-completed', isStep('restore-flags')),
        {
          progress: 'Waiting for aurora-3 to register with Mesos: 6 s of 2 min',
          progressAt: Date.UTC(2026, 10, 23, 14, 30, 9),
        },
      ),
    ],
  };
}
