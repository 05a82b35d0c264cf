/** Jobs, hosts, maintenance and locks (api.thrift; aurora.md 3.4). Enums are i32. */

import { struct } from '../schema.ts';
import { identity, jobKey, range, slaPolicy, taskConfig } from './tasks.ts';

/** `cronCollisionPolicy`: KILL_EXISTING 0, CANCEL_NEW 1, RUN_OVERLAP 2. */
export const jobConfiguration = struct('JobConfiguration', {
  cronSchedule: [4, 'string'],
  cronCollisionPolicy: [5, 'i32'],
  taskConfig: [6, { struct: taskConfig }],
  owner: [7, { struct: identity }],
  instanceCount: [8, 'i32'],
  key: [9, { struct: jobKey }],
});

const jobStats = struct('JobStats', {
  activeTaskCount: [1, 'i32'],
  finishedTaskCount: [2, 'i32'],
  failedTaskCount: [3, 'i32'],
  pendingTaskCount: [4, 'i32'],
});

export const jobSummary = struct('JobSummary', {
  job: [1, { struct: jobConfiguration }],
  stats: [2, { struct: jobStats }],
  nextCronRunMs: [3, 'i64'],
});

export const roleSummary = struct('RoleSummary', {
  role: [1, 'string'],
  jobCount: [2, 'i32'],
  cronJobCount: [3, 'i32'],
});

export const pendingReason = struct('PendingReason', { taskId: [1, 'string'], reason: [2, 'string'] });

/** `instanceIds` up to 0.11, `instances` from 0.10. */
export const configGroup = struct('ConfigGroup', {
  config: [1, { struct: taskConfig }],
  instanceIds: [2, { set: 'i32' }],
  instances: [3, { set: { struct: range } }],
});

export const configSummary = struct('ConfigSummary', {
  key: [1, { struct: jobKey }],
  groups: [2, { set: { struct: configGroup } }],
});

export const hosts = struct('Hosts', { hostNames: [1, { set: 'string' }] });

/** `mode`: NONE 1, SCHEDULED 2, DRAINING 3, DRAINED 4. */
export const hostStatus = struct('HostStatus', { host: [1, 'string'], mode: [2, 'i32'] });

export const attribute = struct('Attribute', { name: [1, 'string'], values: [2, { set: 'string' }] });

export const hostAttributes = struct('HostAttributes', {
  host: [1, 'string'],
  attributes: [2, { set: { struct: attribute } }],
  mode: [3, 'i32'],
  slaveId: [4, 'string'],
});

/** 0.21 and later. */
export const hostMaintenanceRequest = struct('HostMaintenanceRequest', {
  host: [1, 'string'],
  defaultSlaPolicy: [2, { struct: slaPolicy }],
  timeoutSecs: [3, 'i64'],
  createdTimestampMs: [4, 'i64'],
});

/** In snapshots up to 0.19. */
export const lock = struct('Lock', {
  key: [1, { struct: struct('LockKey', { job: [1, { struct: jobKey }] }) }],
  token: [2, 'string'],
  user: [3, 'string'],
  timestampMs: [4, 'i64'],
  message: [5, 'string'],
});
