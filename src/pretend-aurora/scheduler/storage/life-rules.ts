/**
 * What ends a real 0.23 when it meets it in a backup: one line for each way to die that was seen (the table of
 * test/fixtures/backups/lived-on; aurora.md 16). Written from that table, and on purpose apart from how the product judges
 * backups: a drill that shared its rules would agree with it by construction.
 */
import type { StructSchema, StructValue, ThriftType, ThriftValue } from '../../../thrift/schema.ts';
import { snapshot } from '../../../thrift/structs.ts';
import type { Snapshot } from './store.ts';

interface JavaDeath {
  readonly exception: string;
  readonly message: string;
}

const nullPointer = 'java.lang.NullPointerException';
const illegalArgument = 'java.lang.IllegalArgumentException';

interface Rule<E> {
  readonly dies: (element: E, all: readonly E[]) => boolean;
  readonly exception: string;
  readonly says: string;
}

type Elements<K extends keyof Snapshot> = NonNullable<Snapshot[K]> extends readonly (infer E)[] ? E : never;
type Key = {
  readonly role?: string | undefined;
  readonly environment?: string | undefined;
  readonly name?: string | undefined;
};
type InstanceConfig = NonNullable<
  NonNullable<
    NonNullable<NonNullable<Elements<'jobUpdateDetails'>['details']>['update']>['instructions']
  >['desiredState']
>;

const isEmpty = (list: { readonly length: number } | undefined): boolean => (list?.length ?? 0) === 0;
const lacksPart = (key: Key | undefined): boolean => !key?.role || !key.environment || !key.name;

/** Only hosts with an agent id are loaded at all. */
const hostRules: readonly Rule<Elements<'hostAttributes'>>[] = [
  { dies: ({ host }) => host === undefined, exception: nullPointer, says: 'host' },
  {
    dies: ({ attributes = [] }) => attributes.some(({ values }) => isEmpty(values)),
    exception: illegalArgument,
    says: 'attribute values',
  },
  { dies: ({ mode }) => ![1, 2, 3, 4].includes(mode ?? 0), exception: illegalArgument, says: 'mode' },
];

const taskRules: readonly Rule<Elements<'tasks'>>[] = [
  { dies: (task) => task.assignedTask === undefined, exception: nullPointer, says: 'assignedTask' },
  { dies: (task) => task.assignedTask?.taskId === undefined, exception: nullPointer, says: 'taskId' },
  { dies: (task) => task.assignedTask?.task === undefined, exception: nullPointer, says: 'task' },
  {
    dies: ({ assignedTask }) => {
      const config = assignedTask?.task;
      // Data of 0.5 has its key in other fields.
      return lacksPart(config?.job) && !(config?.job === undefined && config?.jobName !== undefined);
    },
    exception: 'java.lang.IllegalStateException',
    says: 'job key',
  },
  {
    // `Tasks.getLatestEvent`, while they are sorted by it.
    dies: ({ taskEvents }, all) => all.length > 1 && isEmpty(taskEvents),
    exception: 'java.util.NoSuchElementException',
    says: 'taskEvents',
  },
];

const cronRules: readonly Rule<Elements<'cronJobs'>>[] = [
  {
    dies: (cron) => cron.jobConfiguration?.taskConfig === undefined,
    exception: nullPointer,
    says: 'taskConfig',
  },
  { dies: (cron) => lacksPart(cron.jobConfiguration?.key), exception: illegalArgument, says: 'job key' },
];

const quotaRules: readonly Rule<Elements<'quotaConfigurations'>>[] = [
  { dies: ({ role }) => role === undefined, exception: nullPointer, says: 'role' },
  {
    dies: ({ quota }) => quota === undefined || (isEmpty(quota.resources) && quota.numCpus === undefined),
    exception: nullPointer,
    says: 'quota',
  },
];

const lacksWhatItRuns = ({ task, instances }: InstanceConfig): boolean =>
  task === undefined || isEmpty(instances);

const updateRules: readonly Rule<Elements<'jobUpdateDetails'>>[] = [
  {
    dies: ({ details }) => {
      const summary = details?.update?.summary;
      return summary?.key === undefined && summary?.updateId === undefined;
    },
    exception: nullPointer,
    says: 'key',
  },
  {
    dies: ({ details }) => details?.update?.instructions?.initialState === undefined,
    exception: nullPointer,
    says: 'initialState',
  },
  {
    dies: ({ details }) => {
      const { initialState = [], desiredState } = details?.update?.instructions ?? {};
      return [...initialState, ...(desiredState === undefined ? [] : [desiredState])].some(lacksWhatItRuns);
    },
    exception: illegalArgument,
    says: 'instances',
  },
];

/** Why a scheduler that has just loaded this dies; `null` when it lives. */
export function causeOfDeath(state: Snapshot): JavaDeath | null {
  const loadedHosts = (state.hostAttributes ?? []).filter(({ slaveId }) => slaveId !== undefined);
  return (
    strangeUnion(state) ??
    firstDeath(hostRules, loadedHosts) ??
    firstDeath(taskRules, state.tasks ?? []) ??
    firstDeath(cronRules, state.cronJobs ?? []) ??
    firstDeath(quotaRules, state.quotaConfigurations ?? []) ??
    firstDeath(updateRules, state.jobUpdateDetails ?? [])
  );
}

/** Why the recovery tool cannot even copy it; `null` when it can. */
export function causeOfFailure(backup: Snapshot): JavaDeath | null {
  const lost = (backup.jobUpdateDetails ?? []).some((one) => one.details?.update?.summary === undefined);
  return lost ? { exception: nullPointer, message: 'summary' } : strangeUnion(backup);
}

function firstDeath<E>(rules: readonly Rule<E>[], elements: readonly E[]): JavaDeath | null {
  for (const element of elements)
    for (const { dies, exception, says } of rules)
      if (dies(element, elements)) return { exception, message: says };
  return null;
}

const unions = new Set([
  'Resource',
  'TaskConstraint',
  'Container',
  'Image',
  'SlaPolicy',
  'JobUpdateStrategy',
]);

/** A union that is none is read out of step, and cannot be written. */
function strangeUnion(state: Snapshot): JavaDeath | null {
  const name = findStrange(snapshot, state);
  return name === null
    ? null
    : {
        exception: 'java.lang.RuntimeException',
        message: `Cannot write a TUnion with no set value! (${name})`,
      };
}

function findStrange(schema: StructSchema, value: StructValue): string | null {
  if (unions.has(schema.name) && Object.keys(value).length !== 1) return schema.name;
  for (const { name, type } of schema.fields) {
    const found = findIn(type, value[name]);
    if (found !== null) return found;
  }
  return null;
}

function findIn(type: ThriftType, value: ThriftValue | undefined): string | null {
  if (value === undefined || typeof type === 'string' || 'map' in type) return null;
  if ('struct' in type) return findStrange(type.struct, value as StructValue);
  const element = 'set' in type ? type.set : type.list;
  for (const one of value as readonly ThriftValue[]) {
    const found = findIn(element, one);
    if (found !== null) return found;
  }
  return null;
}
