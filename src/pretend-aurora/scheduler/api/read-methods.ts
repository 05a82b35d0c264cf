import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { filterTasks, type TaskQuery } from '../recovery/task-filter.ts';
import type { ScheduledTask, Store } from '../storage/store.ts';
import { summariseJobs } from './job-summary.ts';
import type { MethodTable } from './method-table.ts';
import { quotaOf } from './quota.ts';
import { summariseRoles } from './role-summary.ts';
import { HttpFailure, RpcFailure } from './rpc-failure.ts';
import { findUpdates } from './update-summaries.ts';

/** ReadOnlyScheduler, as far as a restore or a comparison of backups asks (aurora.md 2.3). */
export const readMethods: MethodTable = {
  getRoleSummary: async ({ storage }) => ({
    roleSummaryResult: { summaries: summariseRoles(storage.requireReady()) },
  }),
  getJobSummary: async ({ storage }, { role }) => ({
    jobSummaryResult: { summaries: summariseJobs(storage.requireReady(), role) },
  }),
  getQuota: async ({ storage, release }, { ownerRole }) => {
    if (ownerRole === undefined || ownerRole.trim() === '') throw new RpcFailure('ERROR', null);
    return { getQuotaResult: quotaOf(storage.requireReady(), ownerRole, release) };
  },
  getJobUpdateSummaries: async ({ storage }, { jobUpdateQuery }) => {
    if (jobUpdateQuery === undefined) throw new RpcFailure('ERROR', null);
    return {
      getJobUpdateSummariesResult: { updateSummaries: findUpdates(storage.requireReady(), jobUpdateQuery) },
    };
  },
  getTasksStatus: async ({ storage }, { query }) => ({
    scheduleStatusResult: { tasks: findTasks(storage.requireReady(), query) },
  }),
  getTasksWithoutConfigs: async ({ storage, release }, { query }) => ({
    scheduleStatusResult: {
      tasks: findTasks(storage.requireReady(), query).map((task) => withoutConfig(task, release)),
    },
  }),
  getTierConfigs: async () => ({
    getTierConfigResult: {
      defaultTierName: 'preemptible',
      tiers: [
        { name: 'preferred', settings: { preemptible: 'false', revocable: 'false' } },
        { name: 'preemptible', settings: { preemptible: 'true', revocable: 'false' } },
        { name: 'revocable', settings: { preemptible: 'true', revocable: 'true' } },
      ],
    },
  }),
};

/** `offset` and `limit` count here, unlike in the recovery calls; nothing and less mean unset. */
function findTasks(store: Store, query: TaskQuery | undefined): ScheduledTask[] {
  if (query === undefined) throw new RpcFailure('ERROR', null);
  const found = filterTasks(store.tasks.values(), query);
  const offset = Math.max(0, query.offset ?? 0);
  const limit = query.limit !== undefined && query.limit > 0 ? query.limit : found.length;
  return found.slice(offset, offset + limit);
}

/** With newer releases a task without an executor makes the real transform throw while the reply is being written. */
function withoutConfig(task: ScheduledTask, { leavesOut }: SimulatedRelease): ScheduledTask {
  const { assignedTask } = task;
  const executor = assignedTask?.task?.executorConfig;
  if (leavesOut === 'executor-data' && executor === undefined) {
    throw new HttpFailure('java.lang.NullPointerException');
  }
  const executorConfig = leavesOut === 'executor' ? undefined : { ...executor, data: undefined };
  return {
    ...task,
    assignedTask: { ...assignedTask, task: { ...assignedTask?.task, executorConfig } },
  };
}
