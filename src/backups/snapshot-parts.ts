/**
 * The parts of a Snapshot's other elements that decide whether a scheduler can load it. Reading with these schemas
 * passes over the rest.
 */

import { type Struct, struct } from '../thrift/schema.ts';
import { jobKey, resource } from '../thrift/structs.ts';

export const cronJobParts = struct('StoredCronJob', {
  jobConfiguration: [3, { struct: struct('JobConfiguration', { key: [9, { struct: jobKey }] }) }],
});

export const quotaParts = struct('QuotaConfiguration', {
  role: [1, 'string'],
  quota: [2, { struct: struct('ResourceAggregate', { resources: [4, { set: { struct: resource } }] }) }],
});

const anything = struct('InstanceTaskConfig', {});

export const updateParts = struct('StoredJobUpdateDetails', {
  details: [
    1,
    {
      struct: struct('JobUpdateDetails', {
        update: [
          1,
          {
            struct: struct('JobUpdate', {
              instructions: [
                2,
                {
                  struct: struct('JobUpdateInstructions', {
                    initialState: [1, { set: { struct: anything } }],
                    desiredState: [2, { struct: anything }],
                  }),
                },
              ],
            }),
          },
        ],
      }),
    },
  ],
});

/** Why a scheduler refuses a cron job, or `null`: a key with other characters is an ERROR without a message (aurora.md 13). */
export function cronJobProblem({ jobConfiguration }: Struct<typeof cronJobParts>): string | null {
  const key = jobConfiguration?.key;
  const valid = [key?.role, key?.environment, key?.name].every((part) => /^[\w.-]+$/.test(part ?? ''));
  return valid ? null : 'a cron job whose key is not made of A-Z a-z 0-9 _ . -';
}

/** Why a scheduler refuses a quota, or `null`. A quota without the set was written before 0.14 and is fine there. */
export function quotaProblem({ quota }: Struct<typeof quotaParts>): string | null {
  if (quota?.resources === undefined) return null;
  const kinds = quota.resources.flatMap((one) => Object.keys(one)).sort();
  return kinds.join() === 'diskMb,numCpus,ramMb' ? null : 'a quota that is not exactly cpu, ram and disk';
}

/** Why a scheduler refuses a job update, or `null`. */
export function updateProblem({ details }: Struct<typeof updateParts>): string | null {
  const instructions = details?.update?.instructions;
  const has = (instructions?.initialState ?? []).length > 0 || instructions?.desiredState !== undefined;
  return has ? null : 'a job update without an initial and a desired state';
}
