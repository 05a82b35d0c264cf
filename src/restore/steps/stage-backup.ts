/**
 * Load the file into the elected scheduler's one staging slot. A scheduler that ends meanwhile (staging a large
 * backup pauses it, up to 0.18 for longer than its session lasts, aurora.md 16) has staged nothing: whoever is elected next
 * is found, and it is staged there.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import type { SchedulerAnswer } from '../../aurora/operations.ts';
import { countTasks } from '../../aurora/tasks.ts';
import { isReady, lookAtElection } from '../looks/elected.ts';
import { takeBack } from '../looks/interference.ts';
import { instanceOf } from '../looks/one-process.ts';
import type { Step, StepContext } from '../step.ts';

export const stageBackup: Step<'stage-backup'> = {
  name: 'stage-backup',
  title: 'Stage the backup',
  scope: 'elected',
  does: 'the scheduler loads the backup beside its storage.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const { host } = context.factsOf('find-elected');
    const before = await findReady(context, host);
    const { name } = context.state().proposal.backup;
    const { evidence } = await context.operate(host, 'stage-backup', { name });
    const after = await context.readStatus(context.agentOf(host));
    if (!isSameAndUp(before, after)) ended(context, host);
    await judgeAnswer(context, { host, before, answer: evidence });
    return { host, process: instanceOf(before) };
  },
};

/** The host as it is elected and READY; begins once more where another one is elected by now, or its storage went away. */
async function findReady(context: StepContext, host: string): Promise<HostStatus> {
  const { elected } = await lookAtElection(context);
  if (elected?.host !== host) {
    takeBack(context, {
      to: 'find-elected',
      code: 'leader-moved',
      message: `${host} was elected a moment ago, now it is ${elected?.host ?? 'nobody'}. Nothing is staged yet.`,
      signOffs: 'kept',
    });
  }
  if (!(await isReady(context, host))) notReady(context, host);
  return elected;
}

function notReady(context: StepContext, host: string): never {
  takeBack(context, {
    to: 'find-elected',
    code: 'storage-not-ready',
    message: `${host} is elected, but its storage is no longer READY. Nothing is staged yet.`,
    signOffs: 'kept',
  });
}

/** The same process, and its port is open: one that is about to end closes that first. */
function isSameAndUp(before: HostStatus, now: HostStatus): boolean {
  return instanceOf(now) === instanceOf(before) && now.scheduler.httpPortOpen;
}

/** Comes back once it is staged, by this call or by an earlier one of this restore; throws otherwise. */
async function judgeAnswer(
  context: StepContext,
  said: { host: string; before: HostStatus; answer: SchedulerAnswer },
): Promise<void> {
  const { host, before, answer } = said;
  switch (answer.answer) {
    case 'ok':
      return;
    case 'not-ready':
      return notReady(context, host);
    case 'no-reply':
      return await settle(context, { host, before });
    case 'error': {
      const words = answer.messages.join(' ') || 'nothing';
      const isFull = words.includes('already loaded');
      if (isFull && wasInterrupted(context)) return;
      throw new AuroraError({
        code: isFull ? 'foreign-staging' : 'staging-refused',
        message: `${host} did not stage the backup (error): ${words}`,
        hint: isFull
          ? 'Somebody else staged a backup on this scheduler. Find them before anything is committed.'
          : "The scheduler's own log says more. Put everything back and choose another backup.",
      });
    }
  }
}

/** The slot is full because an earlier call of this restore arrived after all; what is in it is compared next. */
function wasInterrupted(context: StepContext): boolean {
  return [...context.state().operations.values()].some(
    ({ kind, result }) => kind === 'stage-backup' && result?.state === 'uncertain',
  );
}

/**
 * No answer came. A scheduler that lives is still at it, or has it: what is in it is compared next. One that ended, or lost
 * its place, has staged nothing.
 */
async function settle(context: StepContext, asked: { host: string; before: HostStatus }): Promise<void> {
  const { host, before } = asked;
  await context.waitFor({
    what: `the scheduler on ${host} to stage the backup, or to end`,
    usual: 'seconds',
    limitMs: context.cluster.waits.electionMs,
    hint: "It did not answer, lives, and shows nothing staged. The scheduler's own log says more. Look again, or put everything back.",
    look: async () => {
      const status = await context.readStatus(context.agentOf(host));
      if (!isSameAndUp(before, status)) ended(context, host);
      const { elected } = await lookAtElection(context);
      if (elected !== null && elected.host !== host) ended(context, host);
      const { scheduler } = context.agentOf(host);
      // A scheduler that is busy staging answers late or not at all.
      const staged = await scheduler.queryStaged(countTasks).catch((error: unknown) => {
        if (error instanceof AuroraError && error.code.startsWith('rpc-')) return null;
        throw error;
      });
      return staged === null ? null : true;
    },
  });
}

function ended(context: StepContext, host: string): never {
  takeBack(context, {
    to: 'find-elected',
    code: 'scheduler-ended',
    message: `The scheduler on ${host} ended while it staged the backup. That says nothing about the backup; nothing is staged.`,
    signOffs: 'kept',
  });
}
