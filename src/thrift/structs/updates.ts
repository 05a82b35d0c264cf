/** Job updates: needed to decode a whole backup (api.thrift; aurora.md 3.5). Enums are i32. */

import { struct } from '../schema.ts';
import { jobKey, metadata, range, taskConfig } from './tasks.ts';

export const jobUpdateKey = struct('JobUpdateKey', { job: [1, { struct: jobKey }], id: [2, 'string'] });

const jobUpdateState = struct('JobUpdateState', {
  status: [1, 'i32'],
  createdTimestampMs: [2, 'i64'],
  lastModifiedTimestampMs: [3, 'i64'],
});

/** `updateId` and `jobKey` up to 0.8, `key` from 0.8. */
export const jobUpdateSummary = struct('JobUpdateSummary', {
  updateId: [1, 'string'],
  jobKey: [2, { struct: jobKey }],
  user: [3, 'string'],
  state: [4, { struct: jobUpdateState }],
  key: [5, { struct: jobUpdateKey }],
  metadata: [6, { set: { struct: metadata } }],
});

export const instanceTaskConfig = struct('InstanceTaskConfig', {
  task: [1, { struct: taskConfig }],
  instances: [2, { set: { struct: range } }],
});

/** Union, 0.22 and later. */
export const jobUpdateStrategy = struct('JobUpdateStrategy', {
  queueStrategy: [1, { struct: struct('QueueJobUpdateStrategy', { groupSize: [1, 'i32'] }) }],
  batchStrategy: [
    2,
    { struct: struct('BatchJobUpdateStrategy', { groupSize: [1, 'i32'], autopauseAfterBatch: [2, 'bool'] }) },
  ],
  varBatchStrategy: [
    3,
    {
      struct: struct('VariableBatchJobUpdateStrategy', {
        groupSizes: [1, { list: 'i32' }],
        autopauseAfterBatch: [2, 'bool'],
      }),
    },
  ],
});

export const jobUpdateSettings = struct('JobUpdateSettings', {
  updateGroupSize: [1, 'i32'],
  maxPerInstanceFailures: [2, 'i32'],
  maxFailedInstances: [3, 'i32'],
  maxWaitToInstanceRunningMs: [4, 'i32'],
  minWaitInInstanceRunningMs: [5, 'i32'],
  rollbackOnFailure: [6, 'bool'],
  updateOnlyTheseInstances: [7, { set: { struct: range } }],
  waitForBatchCompletion: [8, 'bool'],
  blockIfNoPulsesAfterMs: [9, 'i32'],
  slaAware: [10, 'bool'],
  updateStrategy: [11, { struct: jobUpdateStrategy }],
});

export const jobUpdateInstructions = struct('JobUpdateInstructions', {
  initialState: [1, { set: { struct: instanceTaskConfig } }],
  desiredState: [2, { struct: instanceTaskConfig }],
  settings: [3, { struct: jobUpdateSettings }],
});

export const jobUpdate = struct('JobUpdate', {
  summary: [1, { struct: jobUpdateSummary }],
  instructions: [2, { struct: jobUpdateInstructions }],
});

const jobUpdateEvent = struct('JobUpdateEvent', {
  status: [1, 'i32'],
  timestampMs: [2, 'i64'],
  user: [3, 'string'],
  message: [4, 'string'],
});

const jobInstanceUpdateEvent = struct('JobInstanceUpdateEvent', {
  instanceId: [1, 'i32'],
  timestampMs: [2, 'i64'],
  action: [3, 'i32'],
  message: [4, 'string'],
});

export const jobUpdateDetails = struct('JobUpdateDetails', {
  update: [1, { struct: jobUpdate }],
  updateEvents: [2, { list: { struct: jobUpdateEvent } }],
  instanceEvents: [3, { list: { struct: jobInstanceUpdateEvent } }],
});

export const jobUpdateQuery = struct('JobUpdateQuery', {
  role: [2, 'string'],
  jobKey: [3, { struct: jobKey }],
  user: [4, 'string'],
  updateStatuses: [5, { set: 'i32' }],
  offset: [6, 'i32'],
  limit: [7, 'i32'],
  key: [8, { struct: jobUpdateKey }],
});

export const jobUpdateRequest = struct('JobUpdateRequest', {
  taskConfig: [1, { struct: taskConfig }],
  instanceCount: [2, 'i32'],
  settings: [3, { struct: jobUpdateSettings }],
  metadata: [4, { set: { struct: metadata } }],
});
