/** What a backup file is: one Snapshot (storage.thrift; aurora.md 5.4). */

import { struct } from '../schema.ts';
import { hostAttributes, hostMaintenanceRequest, jobConfiguration, lock } from './jobs.ts';
import { resourceAggregate, scheduledTask } from './tasks.ts';
import { jobUpdateDetails } from './updates.ts';

/** StoredJob, with `jobManagerId`, up to 0.7. */
export const storedCronJob = struct('StoredCronJob', {
  jobManagerId: [1, 'string'],
  jobConfiguration: [3, { struct: jobConfiguration }],
});

/** Fields 2 to 6 up to 0.9, `details` from 0.10. */
export const schedulerMetadata = struct('SchedulerMetadata', {
  frameworkId: [1, 'string'],
  revision: [2, 'string'],
  tag: [3, 'string'],
  timestamp: [4, 'string'],
  user: [5, 'string'],
  machine: [6, 'string'],
  version: [7, { struct: struct('APIVersion', { major: [1, 'i32'] }) }],
  details: [8, { map: ['string', 'string'] }],
});

export const quotaConfiguration = struct('QuotaConfiguration', {
  role: [1, 'string'],
  quota: [2, { struct: resourceAggregate }],
});

/** `lockToken` up to 0.19. */
export const storedJobUpdateDetails = struct('StoredJobUpdateDetails', {
  details: [1, { struct: jobUpdateDetails }],
  lockToken: [2, 'string'],
});

/** `timestamp` in ms. `dbScript`: 0.13 to 0.19, an SQL dump that 0.20 and later cannot read. */
export const snapshot = struct('Snapshot', {
  timestamp: [1, 'i64'],
  hostAttributes: [3, { set: { struct: hostAttributes } }],
  tasks: [4, { set: { struct: scheduledTask } }],
  cronJobs: [5, { set: { struct: storedCronJob } }],
  schedulerMetadata: [6, { struct: schedulerMetadata }],
  quotaConfigurations: [8, { set: { struct: quotaConfiguration } }],
  locks: [9, { set: { struct: lock } }],
  jobUpdateDetails: [10, { set: { struct: storedJobUpdateDetails } }],
  dbScript: [11, { list: 'string' }],
  experimentalTaskStore: [12, 'bool'],
  hostMaintenanceRequests: [13, { set: { struct: hostMaintenanceRequest } }],
});
