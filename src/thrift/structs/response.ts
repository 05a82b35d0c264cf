/** The envelope every call answers with (api.thrift; aurora.md 3.1). */

import { type StructSchema, struct } from '../schema.ts';
import {
  configGroup,
  configSummary,
  hostStatus,
  jobConfiguration,
  jobSummary,
  lock,
  pendingReason,
  roleSummary,
} from './jobs.ts';
import { resourceAggregate, scheduledTask, taskConfig } from './tasks.ts';
import { jobUpdateDetails, jobUpdateKey, jobUpdateSummary } from './updates.ts';

/** 5 is `LOCK_ERROR` up to 0.18; 6 exists from 0.6 on. */
export const responseCodes = {
  INVALID_REQUEST: 0,
  OK: 1,
  ERROR: 2,
  WARNING: 3,
  AUTH_FAILED: 4,
  JOB_UPDATING_ERROR: 5,
  ERROR_TRANSIENT: 6,
} as const;

export type ResponseCode = keyof typeof responseCodes;

/** The name of a response code, or `UNKNOWN(n)`. */
export function responseCodeName(code: number): ResponseCode | `UNKNOWN(${number})` {
  return codeNames.get(code) ?? `UNKNOWN(${code})`;
}

const codeNames = new Map<number, ResponseCode>(
  Object.entries(responseCodes).map(([name, code]) => [code, name as ResponseCode]),
);

const apiVersion = struct('APIVersion', { major: [1, 'i32'] });

const statuses = { statuses: [1, { set: { struct: hostStatus } }] } as const;

/** Fields 2 and 3 meant `prodConsumption` and `nonProdConsumption` up to 0.9. */
const getQuotaResult = struct('GetQuotaResult', {
  quota: [1, { struct: resourceAggregate }],
  prodSharedConsumption: [2, { struct: resourceAggregate }],
  nonProdSharedConsumption: [3, { struct: resourceAggregate }],
  prodDedicatedConsumption: [4, { struct: resourceAggregate }],
  nonProdDedicatedConsumption: [5, { struct: resourceAggregate }],
});

const tierConfig = struct('TierConfig', {
  name: [1, 'string'],
  settings: [2, { map: ['string', 'string'] }],
});

/** Union of what the calls return. A member that is missing here is skipped, and the result reads as empty. */
export const result = struct('Result', {
  populateJobResult: [
    1,
    {
      struct: struct('PopulateJobResult', {
        populated: [1, { set: { struct: taskConfig } }],
        taskConfig: [2, { struct: taskConfig }],
      }),
    },
  ],
  scheduleStatusResult: [
    3,
    { struct: struct('ScheduleStatusResult', { tasks: [1, { list: { struct: scheduledTask } }] }) },
  ],
  getJobsResult: [
    4,
    { struct: struct('GetJobsResult', { configs: [1, { set: { struct: jobConfiguration } }] }) },
  ],
  getQuotaResult: [5, { struct: getQuotaResult }],
  listBackupsResult: [6, { struct: struct('ListBackupsResult', { backups: [1, { set: 'string' }] }) }],
  startMaintenanceResult: [7, { struct: struct('StartMaintenanceResult', statuses) }],
  drainHostsResult: [8, { struct: struct('DrainHostsResult', statuses) }],
  queryRecoveryResult: [
    9,
    { struct: struct('QueryRecoveryResult', { tasks: [1, { set: { struct: scheduledTask } }] }) },
  ],
  maintenanceStatusResult: [10, { struct: struct('MaintenanceStatusResult', statuses) }],
  endMaintenanceResult: [11, { struct: struct('EndMaintenanceResult', statuses) }],
  getVersionResult: [15, { struct: apiVersion }],
  roleSummaryResult: [
    17,
    { struct: struct('RoleSummaryResult', { summaries: [1, { set: { struct: roleSummary } }] }) },
  ],
  jobSummaryResult: [
    18,
    { struct: struct('JobSummaryResult', { summaries: [1, { set: { struct: jobSummary } }] }) },
  ],
  getLocksResult: [19, { struct: struct('GetLocksResult', { locks: [1, { set: { struct: lock } }] }) }],
  configSummaryResult: [
    20,
    { struct: struct('ConfigSummaryResult', { summary: [1, { struct: configSummary }] }) },
  ],
  getPendingReasonResult: [
    21,
    { struct: struct('GetPendingReasonResult', { reasons: [1, { set: { struct: pendingReason } }] }) },
  ],
  startJobUpdateResult: [
    22,
    {
      struct: struct('StartJobUpdateResult', {
        key: [1, { struct: jobUpdateKey }],
        updateSummary: [2, { struct: jobUpdateSummary }],
      }),
    },
  ],
  getJobUpdateSummariesResult: [
    23,
    {
      struct: struct('GetJobUpdateSummariesResult', {
        updateSummaries: [1, { list: { struct: jobUpdateSummary } }],
      }),
    },
  ],
  getJobUpdateDetailsResult: [
    24,
    {
      struct: struct('GetJobUpdateDetailsResult', {
        details: [1, { struct: jobUpdateDetails }],
        detailsList: [2, { list: { struct: jobUpdateDetails } }],
      }),
    },
  ],
  pulseJobUpdateResult: [25, { struct: struct('PulseJobUpdateResult', { status: [1, 'i32'] }) }],
  getJobUpdateDiffResult: [
    26,
    {
      struct: struct('GetJobUpdateDiffResult', {
        add: [1, { set: { struct: configGroup } }],
        remove: [2, { set: { struct: configGroup } }],
        update: [3, { set: { struct: configGroup } }],
        unchanged: [4, { set: { struct: configGroup } }],
      }),
    },
  ],
  getTierConfigResult: [
    27,
    {
      struct: struct('GetTierConfigResult', {
        defaultTierName: [1, 'string'],
        tiers: [2, { set: { struct: tierConfig } }],
      }),
    },
  ],
});

/** `thriftAPIVersion` up to 0.10. Absent with AUTH_FAILED. */
const serverInfo = struct('ServerInfo', {
  clusterName: [1, 'string'],
  thriftAPIVersion: [2, 'i32'],
  statsUrlPrefix: [3, 'string'],
});

const responseDetail = struct('ResponseDetail', { message: [1, 'string'] });

/**
 * What every method returns (no method declares exceptions), with only the parts of the result that `resultSchema`
 * names. A detail's `message` may be absent: an exception without one (aurora.md 1.4).
 */
export function methodResultWith<S extends StructSchema>(resultSchema: S) {
  return struct('MethodResult', {
    success: [
      0,
      {
        struct: struct('Response', {
          responseCode: [1, 'i32'],
          messageDEPRECATED: [2, 'string'],
          result: [3, { struct: resultSchema }],
          DEPRECATEDversion: [4, { struct: apiVersion }],
          serverInfo: [5, { struct: serverInfo }],
          details: [6, { list: { struct: responseDetail } }],
        }),
      },
    ],
  });
}

/** What every method returns, whole. */
export const methodResult = methodResultWith(result);

/** `type`: 1 is an unknown method. */
export const applicationException = struct('TApplicationException', {
  message: [1, 'string'],
  type: [2, 'i32'],
});
