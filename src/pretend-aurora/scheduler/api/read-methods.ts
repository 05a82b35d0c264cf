import { statusName } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { taskConfig } from '../../../thrift/structs.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { filterTasks, type TaskQuery } from '../recovery/task-filter.ts';
import { completeKey, type ScheduledTask, type Store } from '../storage/store.ts';
import { amountsOf } from '../tasks/amounts.ts';
import { agentCpus } from '../tasks/task-keeper.ts';
import { isTerminal, listJobs, summariseJobs, summariseRoles } from './job-views.ts';
import type { MethodTable } from './method-table.ts';
import { sumResources } from './resources.ts';
import { HttpFailure, RpcFailure } from './rpc-failure.ts';

type TaskConfig = Struct<typeof taskConfig>;

/** ReadOnlyScheduler, as far as our bot and the recordings ask (aurora.md 2.3). */
export const readMethods: MethodTable = {
  getRoleSummary: async ({ storage }) => ({
    roleSummaryResult: { summaries: summariseRoles(storage.requireReady()) },
  }),
  getJobSummary: async ({ storage, now }, { role }) => ({
    jobSummaryResult: { summaries: summariseJobs(storage.requireReady(), role, now().getTime()) },
  }),
  getJobs: async ({ storage }, { ownerRole }) => ({
    getJobsResult: { configs: listJobs(storage.requireReady(), { role: ownerRole, ended: false }) },
  }),
  getTasksStatus: async ({ storage }, { query }) => ({
    scheduleStatusResult: { tasks: findTasks(storage.requireReady(), query) },
  }),
  getTasksWithoutConfigs: async ({ storage, release }, { query }) => ({
    scheduleStatusResult: {
      tasks: findTasks(storage.requireReady(), query).map((task) => withoutConfig(task, release)),
    },
  }),
  getPendingReason: async ({ storage }, { query = {} }) => {
    const store = storage.requireReady();
    if ((query.slaveHosts ?? []).length > 0 || (query.statuses ?? []).length > 0) {
      throw new RpcFailure('INVALID_REQUEST', 'Statuses and slaveHosts are not supported in the query');
    }
    const pending = findTasks(store, query).filter(
      ({ status }) => status !== undefined && statusName(status) === 'PENDING',
    );
    const reasons = pending.map((task) => ({
      taskId: task.assignedTask?.taskId,
      reason: wantsTooMuch(task) ? 'Insufficient: CPU' : 'No matching hosts.',
    }));
    return { getPendingReasonResult: { reasons } };
  },
  getQuota: async ({ storage, release }, { ownerRole }) => {
    const store = storage.requireReady();
    if (ownerRole === undefined || ownerRole.trim() === '') {
      throw new RpcFailure('INVALID_REQUEST', 'Role must not be blank');
    }
    const active = filterTasks(store.tasks.values(), { role: ownerRole }).filter((task) => !isTerminal(task));
    const sum = (configs: readonly TaskConfig[]) => sumResources(configs, release.quotaResources);
    const configs = [...active.flatMap(configOf), ...cronConfigs(store, ownerRole)];
    const isProduction = ({ production }: TaskConfig) => production === true;
    return {
      getQuotaResult: {
        quota: store.quotas.get(ownerRole)?.quota ?? sum([]),
        prodSharedConsumption: sum(configs.filter(isProduction)),
        nonProdSharedConsumption: sum(configs.filter((config) => !isProduction(config))),
        ...(release.countsDedicatedQuota && {
          prodDedicatedConsumption: sum([]),
          nonProdDedicatedConsumption: sum([]),
        }),
      },
    };
  },
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
  getJobUpdateSummaries: async ({ storage }) => ({
    getJobUpdateSummariesResult: {
      updateSummaries: [...storage.requireReady().jobUpdates.values()].flatMap(({ details }) =>
        details?.update?.summary === undefined ? [] : [details.update.summary],
      ),
    },
  }),
};

function configOf({ assignedTask }: ScheduledTask): TaskConfig[] {
  return assignedTask?.task === undefined ? [] : [assignedTask.task];
}

/** A cron job counts with all its instances, whether it runs or not. */
function cronConfigs(store: Store, role: string): TaskConfig[] {
  return [...store.cronJobs.values()].flatMap(({ jobConfiguration }) => {
    const { key, taskConfig, instanceCount = 1 } = jobConfiguration ?? {};
    if (taskConfig === undefined || completeKey(key).role !== role) return [];
    return Array.from({ length: instanceCount }, () => taskConfig);
  });
}

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

function wantsTooMuch(task: ScheduledTask): boolean {
  return amountsOf(task.assignedTask?.task).numCpus > agentCpus;
}
