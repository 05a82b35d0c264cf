/** The calls we know and their arguments (AuroraAdmin and ReadOnlyScheduler; aurora.md 2). */

import { type Struct, type StructSchema, type StructValue, struct } from './schema.ts';
import {
  hosts,
  jobConfiguration,
  jobKey,
  jobUpdateKey,
  jobUpdateQuery,
  jobUpdateRequest,
  resourceAggregate,
  slaPolicy,
  taskQuery,
} from './structs.ts';

/** Releases up to 0.9 want it on every admin call, whatever it says (aurora.md 1.6); 0.11 dropped the argument. */
const sessionKey = struct('SessionKey', { mechanism: [4, 'string'], data: [5, 'binary'] });

const none = struct('args', {});
const adminNone = struct('args', { session: [1, { struct: sessionKey }] });
const query = struct('args', { query: [1, { struct: taskQuery }] });
const adminQuery = struct('args', {
  query: [1, { struct: taskQuery }],
  session: [2, { struct: sessionKey }],
});
const hostNames = struct('args', { hosts: [1, { struct: hosts }], session: [2, { struct: sessionKey }] });

/** Method name → schema of its arguments. */
export const methods = {
  performBackup: adminNone,
  listBackups: adminNone,
  stageRecovery: struct('args', { backupId: [1, 'string'], session: [2, { struct: sessionKey }] }),
  queryRecovery: adminQuery,
  deleteRecoveryTasks: adminQuery,
  commitRecovery: adminNone,
  unloadRecovery: adminNone,
  snapshot: adminNone,

  forceTaskState: struct('args', {
    taskId: [1, 'string'],
    status: [2, 'i32'],
    session: [3, { struct: sessionKey }],
  }),
  setQuota: struct('args', {
    ownerRole: [1, 'string'],
    quota: [2, { struct: resourceAggregate }],
    session: [3, { struct: sessionKey }],
  }),
  startMaintenance: hostNames,
  drainHosts: hostNames,
  maintenanceStatus: hostNames,
  endMaintenance: hostNames,
  slaDrainHosts: struct('args', {
    hosts: [1, { struct: hosts }],
    defaultSlaPolicy: [2, { struct: slaPolicy }],
    timeoutSecs: [3, 'i64'],
  }),
  triggerExplicitTaskReconciliation: struct('args', {
    settings: [1, { struct: struct('ExplicitReconciliationSettings', { batchSize: [1, 'i32'] }) }],
  }),
  triggerImplicitTaskReconciliation: none,
  pruneTasks: query,

  getRoleSummary: none,
  getJobSummary: struct('args', { role: [1, 'string'] }),
  getTasksStatus: query,
  getTasksWithoutConfigs: query,
  getPendingReason: query,
  getConfigSummary: struct('args', { job: [1, { struct: jobKey }] }),
  getJobs: struct('args', { ownerRole: [1, 'string'] }),
  getQuota: struct('args', { ownerRole: [1, 'string'] }),
  populateJobConfig: struct('args', { description: [1, { struct: jobConfiguration }] }),
  getJobUpdateSummaries: struct('args', { jobUpdateQuery: [1, { struct: jobUpdateQuery }] }),
  getJobUpdateDetails: struct('args', {
    key: [1, { struct: jobUpdateKey }],
    query: [2, { struct: jobUpdateQuery }],
  }),
  getJobUpdateDiff: struct('args', { request: [1, { struct: jobUpdateRequest }] }),
  getTierConfigs: none,
  getVersion: none,
  getLocks: none,
} as const satisfies Record<string, StructSchema>;

export type MethodName = keyof typeof methods;

type MethodArgsByName = { readonly [M in MethodName]: Struct<(typeof methods)[M]> };

/**
 * The arguments of each method, by name. An interface, because the compiler would otherwise put a method that is
 * not known yet into the mapped type and unfold it without end.
 */
interface MethodArgs extends MethodArgsByName {}

/** The arguments of one method. */
export type ArgsOf<M extends MethodName> = MethodArgs[M];

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}

/** What the Python client of those releases sends; their own module takes anything. */
const anonymousSession = { mechanism: 'UNAUTHENTICATED', data: Buffer.from('UNAUTHENTICATED') };

/** The arguments with a session key, where the method had one. */
export function withSession(method: MethodName, args: StructValue): StructValue {
  return Object.hasOwn(methods[method].table, 'session') ? { ...args, session: anonymousSession } : args;
}
