/** Tasks, their configuration and their keys (api.thrift; aurora.md 3.2, 3.3). Enums are i32. */

import { struct } from '../schema.ts';

export const jobKey = struct('JobKey', {
  role: [1, 'string'],
  environment: [2, 'string'],
  name: [3, 'string'],
});

/** `role` up to 0.12. */
export const identity = struct('Identity', { role: [1, 'string'], user: [2, 'string'] });

export const range = struct('Range', { first: [1, 'i32'], last: [2, 'i32'] });

export const taskQuery = struct('TaskQuery', {
  jobName: [2, 'string'],
  taskIds: [4, { set: 'string' }],
  statuses: [5, { set: 'i32' }],
  instanceIds: [7, { set: 'i32' }],
  owner: [8, { struct: identity }],
  environment: [9, 'string'],
  slaveHosts: [10, { set: 'string' }],
  jobKeys: [11, { set: { struct: jobKey } }],
  offset: [12, 'i32'],
  limit: [13, 'i32'],
  role: [14, 'string'],
});

/** Union; `ipAddr` in the fork only. */
export const resource = struct('Resource', {
  numCpus: [1, 'double'],
  ramMb: [2, 'i64'],
  diskMb: [3, 'i64'],
  namedPort: [4, 'string'],
  numGpus: [5, 'i64'],
  ipAddr: [6, 'i64'],
});

/** Scalars up to 0.20, `resources` from 0.14. */
export const resourceAggregate = struct('ResourceAggregate', {
  numCpus: [1, 'double'],
  ramMb: [2, 'i64'],
  diskMb: [3, 'i64'],
  resources: [4, { set: { struct: resource } }],
});

const valueConstraint = struct('ValueConstraint', { negated: [1, 'bool'], values: [2, { set: 'string' }] });
const limitConstraint = struct('LimitConstraint', { limit: [1, 'i32'] });
export const taskConstraint = struct('TaskConstraint', {
  value: [1, { struct: valueConstraint }],
  limit: [2, { struct: limitConstraint }],
});
export const constraint = struct('Constraint', {
  name: [1, 'string'],
  constraint: [2, { struct: taskConstraint }],
});

const executorConfig = struct('ExecutorConfig', { name: [1, 'string'], data: [2, 'string'] });

export const metadata = struct('Metadata', { key: [1, 'string'], value: [2, 'string'] });

const mesosFetcherUri = struct('MesosFetcherURI', {
  value: [1, 'string'],
  extract: [2, 'bool'],
  cache: [3, 'bool'],
  outputFile: [4, 'string'],
});

const partitionPolicy = struct('PartitionPolicy', { reschedule: [1, 'bool'], delaySecs: [2, 'i64'] });

/** Union. */
export const slaPolicy = struct('SlaPolicy', {
  percentageSlaPolicy: [
    1,
    { struct: struct('PercentageSlaPolicy', { percentage: [1, 'double'], durationSecs: [2, 'i64'] }) },
  ],
  countSlaPolicy: [2, { struct: struct('CountSlaPolicy', { count: [1, 'i64'], durationSecs: [2, 'i64'] }) }],
  coordinatorSlaPolicy: [
    3,
    { struct: struct('CoordinatorSlaPolicy', { coordinatorUrl: [1, 'string'], statusKey: [2, 'string'] }) },
  ],
});

export const image = struct('Image', {
  docker: [1, { struct: struct('DockerImage', { name: [1, 'string'], tag: [2, 'string'] }) }],
  appc: [2, { struct: struct('AppcImage', { name: [1, 'string'], imageId: [2, 'string'] }) }],
});
/** `mode`: RW 1, RO 2. */
const volume = struct('Volume', { containerPath: [1, 'string'], hostPath: [2, 'string'], mode: [3, 'i32'] });
export const mesosContainer = struct('MesosContainer', {
  image: [1, { struct: image }],
  volumes: [2, { list: { struct: volume } }],
});
const dockerContainer = struct('DockerContainer', {
  image: [1, 'string'],
  parameters: [
    2,
    { list: { struct: struct('DockerParameter', { name: [1, 'string'], value: [2, 'string'] }) } },
  ],
});
export const container = struct('Container', {
  mesos: [1, { struct: mesosContainer }],
  docker: [2, { struct: dockerContainer }],
});

/** Every field of every release, 0.5 to 0.22 and the fork. Job identity is `job`; in 0.5 data `owner.role`, `environment`, `jobName`. */
export const taskConfig = struct('TaskConfig', {
  jobName: [3, 'string'],
  isService: [7, 'bool'],
  numCpus: [8, 'double'],
  ramMb: [9, 'i64'],
  diskMb: [10, 'i64'],
  priority: [11, 'i32'],
  maxTaskFailures: [13, 'i32'],
  owner: [17, { struct: identity }],
  production: [18, 'bool'],
  constraints: [20, { set: { struct: constraint } }],
  requestedPorts: [21, { set: 'string' }],
  taskLinks: [22, { map: ['string', 'string'] }],
  contactEmail: [23, 'string'],
  executorConfig: [25, { struct: executorConfig }],
  environment: [26, 'string'],
  metadata: [27, { set: { struct: metadata } }],
  job: [28, { struct: jobKey }],
  container: [29, { struct: container }],
  tier: [30, 'string'],
  resources: [32, { set: { struct: resource } }],
  mesosFetcherUris: [33, { set: { struct: mesosFetcherUri } }],
  partitionPolicy: [34, { struct: partitionPolicy }],
  slaPolicy: [35, { struct: slaPolicy }],
});

const assignedTask = struct('AssignedTask', {
  taskId: [1, 'string'],
  slaveId: [2, 'string'],
  slaveHost: [3, 'string'],
  task: [4, { struct: taskConfig }],
  assignedPorts: [5, { map: ['string', 'i32'] }],
  instanceId: [6, 'i32'],
});

export const taskEvent = struct('TaskEvent', {
  timestamp: [1, 'i64'],
  status: [2, 'i32'],
  message: [3, 'string'],
  scheduler: [4, 'string'],
});

/** `status` is a ScheduleStatus number (src/aurora/tasks.ts). */
export const scheduledTask = struct('ScheduledTask', {
  assignedTask: [1, { struct: assignedTask }],
  status: [2, 'i32'],
  failureCount: [3, 'i32'],
  taskEvents: [4, { list: { struct: taskEvent } }],
  ancestorId: [5, 'string'],
  timesPartitioned: [6, 'i32'],
});
