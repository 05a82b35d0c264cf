/**
 * The parts of a Snapshot's other elements that decide whether a scheduler can load it, beside what `livable.ts` asks of
 * them. Reading with these schemas passes over the rest.
 */

import { type JobKey, jobKeyText } from '../aurora/tasks.ts';
import { type Struct, struct } from '../thrift/schema.ts';
import type { Misfit } from '../thrift/shape.ts';
import { jobKey, jobUpdateKey, resource } from '../thrift/structs.ts';

export const cronJobParts = struct('StoredCronJob', {
  jobConfiguration: [3, { struct: struct('JobConfiguration', { key: [9, { struct: jobKey }] }) }],
});

export const quotaParts = struct('QuotaConfiguration', {
  role: [1, 'string'],
  quota: [
    2,
    {
      struct: struct('ResourceAggregate', {
        numCpus: [1, 'double'],
        resources: [4, { set: { struct: resource } }],
      }),
    },
  ],
});

export const hostParts = struct('HostAttributes', { host: [1, 'string'], slaveId: [4, 'string'] });

export const maintenanceParts = struct('HostMaintenanceRequest', { host: [1, 'string'] });

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
              summary: [
                1,
                {
                  struct: struct('JobUpdateSummary', {
                    updateId: [1, 'string'],
                    key: [5, { struct: jobUpdateKey }],
                  }),
                },
              ],
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
  const parts = [key?.role, key?.environment, key?.name].filter((part) => part !== undefined && part !== '');
  const valid = parts.every((part) => /^[\w.-]+$/.test(part ?? ''));
  return valid ? null : 'a cron job whose key is not made of A-Z a-z 0-9 _ . -';
}

/** Why a scheduler refuses a quota, or `null`. */
export function quotaProblem({ quota }: Struct<typeof quotaParts>): string | null {
  const kinds = (quota?.resources ?? []).flatMap((one) => Object.keys(one)).sort();
  return kinds.length === 0 || kinds.join() === 'diskMb,numCpus,ramMb'
    ? null
    : 'a quota that is not exactly cpu, ram and disk';
}

/** What no scheduler can live without in a quota: one with scalars and no set was written before 0.14 and is fine there. */
export function quotaMisfits({ quota }: Struct<typeof quotaParts>): readonly Misfit[] {
  if (quota === undefined || quota.numCpus !== undefined || (quota.resources?.length ?? 0) > 0) return [];
  return [{ path: '.2.4', what: 'no resources' }];
}

/** Why a scheduler refuses a job update, or `null`. */
export function updateProblem({ details }: Struct<typeof updateParts>): string | null {
  const instructions = details?.update?.instructions;
  if (instructions === undefined) return null;
  const has = (instructions.initialState ?? []).length > 0 || instructions.desiredState !== undefined;
  return has ? null : 'a job update without an initial and a desired state';
}

/** What no scheduler can live without in an update: up to 0.7 it had an id in the place of its key. */
export function updateMisfits({ details }: Struct<typeof updateParts>): readonly Misfit[] {
  const summary = details?.update?.summary;
  if (summary === undefined || summary.key !== undefined || summary.updateId !== undefined) return [];
  return [{ path: '.1.1.1.5', what: 'no key' }];
}

/** `role/environment/job`, as far as it is there. */
export function cronJobName({ jobConfiguration }: Struct<typeof cronJobParts>): string {
  return nameOf(jobConfiguration?.key);
}

/** Job and id of an update, as far as they are there. */
export function updateName({ details }: Struct<typeof updateParts>): string {
  const { key, updateId } = details?.update?.summary ?? {};
  return key === undefined ? (updateId ?? '') : `${nameOf(key.job)} ${key.id ?? ''}`.trim();
}

function nameOf(key: { readonly [part in keyof JobKey]?: string | undefined } | undefined): string {
  return key === undefined
    ? ''
    : jobKeyText({ role: key.role ?? '', environment: key.environment ?? '', name: key.name ?? '' });
}
