/**
 * Entries of an outline from Thrift structs, whatever protocol they came by: what a backup says of a job and what a leader says
 * of it must be the same entry when nothing has changed.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../aurora/canonical-json.ts';
import { type EntryOf, updateStatusName } from '../aurora/outline.ts';
import { type JobKey, jobKeyText } from '../aurora/tasks.ts';
import type { Struct, StructSchema, StructValue, ThriftType, ThriftValue } from './schema.ts';
import {
  type jobConfiguration,
  type jobUpdateDetails,
  type quotaConfiguration,
  taskConfig,
} from './structs.ts';

type TaskConfig = Struct<typeof taskConfig>;

/** A part that the file does not give is empty. Data of release 0.5 has it in other fields (aurora.md 3.3). */
export function jobKeyOfConfig({
  job,
  owner,
  environment,
  jobName,
}: Pick<TaskConfig, 'job' | 'owner' | 'environment' | 'jobName'>): string {
  return keyText({ role: owner?.role, environment, name: jobName, ...job });
}

export function keyText(key: { readonly [K in keyof JobKey]?: string | undefined } = {}): string {
  const { role = '', environment = '', name = '' } = key;
  return jobKeyText({ role, environment, name });
}

/** Who it belongs to, which every release writes into other fields (0.12, 0.5). */
const identityFields = ['job', 'jobName', 'environment'] as const;
/** Derived from `resources` by the releases that write both (0.14 to 0.20), left out by later ones. */
const derivedFields = ['numCpus', 'ramMb', 'diskMb', 'requestedPorts'] as const;

/**
 * Of what a task would run with: the same for the same configuration whatever order its sets were written in, and whichever of
 * the releases wrote it. 16 hex digits. Fields that no release of Aurora has (a fork's) are not in it.
 */
export function fingerprintConfig(config: TaskConfig): string {
  const { owner, ...rest } = config;
  const left: Record<string, unknown> = { ...rest, owner: { user: owner?.user } };
  for (const name of identityFields) delete left[name];
  if ((config.resources?.length ?? 0) > 0) for (const name of derivedFields) delete left[name];
  return fingerprint(inOrder(left as StructValue, taskConfig));
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);
}

/** The same value with its sets in one order. */
function inOrder(value: StructValue, schema: StructSchema): unknown {
  return Object.fromEntries(
    schema.fields.flatMap(({ name, type }) => {
      const own = value[name];
      return own === undefined ? [] : [[name, valueInOrder(own, type)]];
    }),
  );
}

function valueInOrder(value: ThriftValue, type: ThriftType): unknown {
  if (typeof type === 'string' || value instanceof Uint8Array) return value;
  if ('struct' in type) return inOrder(value as StructValue, type.struct);
  if ('map' in type) return value;
  const elements = (value as readonly ThriftValue[]).map((element) =>
    valueInOrder(element, 'set' in type ? type.set : type.list),
  );
  if ('list' in type) return elements;
  return elements.map((element) => canonicalJson(element)).sort();
}

/** `null` for a configuration without a schedule, which is no cron job. */
export function cronEntry(job: Struct<typeof jobConfiguration>): EntryOf<'cron'> | null {
  const { key, cronSchedule, cronCollisionPolicy = 0, instanceCount = 0, taskConfig: config = {} } = job;
  if (cronSchedule === undefined || cronSchedule === '') return null;
  return {
    of: 'cron',
    key: keyText(key),
    schedule: cronSchedule,
    fingerprint: fingerprint([cronSchedule, cronCollisionPolicy, instanceCount, fingerprintConfig(config)]),
  };
}

export function quotaEntry({ role = '', quota = {} }: Struct<typeof quotaConfiguration>): EntryOf<'quota'> {
  const { numCpus = 0, ramMb = 0, diskMb = 0, resources = [] } = quota;
  const amount = (kind: 'numCpus' | 'ramMb' | 'diskMb', scalar: number): number =>
    resources.find((resource) => resource[kind] !== undefined)?.[kind] ?? scalar;
  return {
    of: 'quota',
    role,
    cpus: amount('numCpus', numCpus),
    ramMb: amount('ramMb', ramMb),
    diskMb: amount('diskMb', diskMb),
  };
}

type UpdateDetails = Struct<typeof jobUpdateDetails>;

/** Of the summary alone a leader tells as much as a backup. */
export function updateEntry(
  summary: NonNullable<NonNullable<UpdateDetails['update']>['summary']> = {},
): EntryOf<'update'> {
  const { key, jobKey, updateId = '', state } = summary;
  return {
    of: 'update',
    key: `${keyText(key?.job ?? jobKey)} ${key?.id ?? updateId}`,
    status: updateStatusName(state?.status),
  };
}
