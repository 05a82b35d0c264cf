/** The changing calls an agent makes to the scheduler on its own host, once each and never by itself again. */
import type { Clock } from '../aurora/clock.ts';
import type { SchedulerAnswer } from '../aurora/operations.ts';
import { callScheduler } from '../thrift/call-scheduler.ts';
import type { SchedulerClient } from '../thrift/client.ts';
import type { ArgsOf } from '../thrift/methods.ts';

/** Never throws for what the scheduler does or does not answer: that is the answer. */
export interface SchedulerCaller {
  stageBackup(name: string): Promise<SchedulerAnswer>;
  /** By exact ids; an empty list would match every task, and is our own mistake (aurora.md 4.2). */
  deleteStagedTasks(taskIds: readonly string[]): Promise<SchedulerAnswer>;
  commitRecovery(): Promise<SchedulerAnswer>;
  reconcileExplicit(): Promise<SchedulerAnswer>;
  reconcileImplicit(): Promise<SchedulerAnswer>;
  /** OK is no proof of a backup (aurora.md 5.3). */
  performBackup(): Promise<SchedulerAnswer>;
}

/** Through the client of this host's scheduler. */
export function createSchedulerCaller(client: SchedulerClient, clock: Clock): SchedulerCaller {
  const now = (): number => clock.now();
  return {
    stageBackup: (name) => callScheduler(client, 'stageRecovery', { backupId: name }, { now }),
    deleteStagedTasks: (taskIds) => {
      if (taskIds.length === 0) throw new Error('a deletion without ids would delete every staged task');
      const query: ArgsOf<'deleteRecoveryTasks'>['query'] = { taskIds };
      return callScheduler<'deleteRecoveryTasks'>(client, 'deleteRecoveryTasks', { query }, { now });
    },
    commitRecovery: () => callScheduler(client, 'commitRecovery', {}, { now }),
    reconcileExplicit: () =>
      callScheduler(client, 'triggerExplicitTaskReconciliation', { settings: {} }, { now }),
    performBackup: () => callScheduler(client, 'performBackup', {}, { now }),
    reconcileImplicit: () => callScheduler(client, 'triggerImplicitTaskReconciliation', {}, { now }),
  };
}
