/**
 * The calls to this host's scheduler. They share one shape: sent once, and after a crash nobody on this host can tell
 * whether it arrived. They park as `uncertain` then, and the bot finds out by looking at the scheduler's state
 * (design promise 8). However the scheduler answers, or does not, is evidence.
 */
import type { OperationParams, SchedulerAnswer } from '../../aurora/operations.ts';
import type { SchedulerCaller } from '../scheduler-caller.ts';
import type { Operation } from './operation.ts';

type SchedulerCallKind =
  | 'stage-backup'
  | 'unload-backup'
  | 'delete-staged-tasks'
  | 'commit-recovery'
  | 'reconcile-explicit'
  | 'reconcile-implicit';

export const stageBackup = callOperation<'stage-backup'>((scheduler, { name }) =>
  scheduler.stageBackup(name),
);
export const unloadBackup = callOperation<'unload-backup'>((scheduler) => scheduler.unloadBackup());
export const deleteStagedTasks = callOperation<'delete-staged-tasks'>((scheduler, { taskIds }) =>
  scheduler.deleteStagedTasks(taskIds),
);
export const commitRecovery = callOperation<'commit-recovery'>((scheduler) => scheduler.commitRecovery());
export const reconcileExplicit = callOperation<'reconcile-explicit'>((scheduler) =>
  scheduler.reconcileExplicit(),
);
export const reconcileImplicit = callOperation<'reconcile-implicit'>((scheduler) =>
  scheduler.reconcileImplicit(),
);

function callOperation<K extends SchedulerCallKind>(
  send: (scheduler: SchedulerCaller, params: OperationParams[K]) => Promise<SchedulerAnswer>,
): Operation<SchedulerCallKind & K> {
  return {
    observe: () =>
      Promise.resolve({
        state: 'unknown',
        why: 'The agent was interrupted in the middle of a call to the scheduler, which may or may not have arrived.',
      }),
    run: async ({ scheduler }, params) => {
      const evidence = await send(scheduler, params);
      // An error or a lost reply may still have changed something (aurora.md 13); `not-ready` surely has not.
      return { changed: evidence.answer !== 'not-ready', evidence };
    },
  };
}
