/** What is different between two outlines: a backup and a later one, or a backup and now. Pure. */
import type { ClusterOutline, EntryOf } from '../aurora/outline.ts';

/** A job that is in both, and not the same. */
export interface ChangedJob {
  readonly key: string;
  /** Active tasks. */
  readonly before: number;
  readonly after: number;
  /** Some active task of one has a configuration that no active task of the other has. */
  readonly isReconfigured: boolean;
}

export interface CountedJob {
  readonly key: string;
  /** Active tasks. */
  readonly tasks: number;
}

/** Of things that are there or not, and otherwise the same or changed. Sorted by name. */
export interface Changes<T> {
  readonly created: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly { readonly before: T; readonly after: T }[];
}

/** Created, removed, changed: on the way from `before` to `after`. Lists are sorted by key. */
export interface OutlineDiff {
  readonly tasks: { readonly before: number; readonly after: number };
  readonly jobs: {
    readonly before: number;
    readonly after: number;
    readonly created: readonly CountedJob[];
    readonly removed: readonly CountedJob[];
    readonly changed: readonly ChangedJob[];
  };
  readonly cron: Changes<EntryOf<'cron'>>;
  /** `null` where one of the two does not tell. */
  readonly quotas: Changes<EntryOf<'quota'>> | null;
  readonly updates: Changes<EntryOf<'update'>> | null;
  /** They belong to two frameworks: two clusters, or one that started from scratch. */
  readonly isOtherFramework: boolean;
}

export function diffOutlines(before: ClusterOutline, after: ClusterOutline): OutlineDiff {
  const [was, is] = [activeJobs(before), activeJobs(after)];
  const jobs = compare(was, is, (a, b) => a.active === b.active && !isReconfigured(a, b));
  return {
    tasks: { before: tasksOf(was), after: tasksOf(is) },
    jobs: {
      before: was.size,
      after: is.size,
      created: jobs.created.map(counted),
      removed: jobs.removed.map(counted),
      changed: jobs.changed.map((job) => ({
        key: job.before.key,
        before: job.before.active,
        after: job.after.active,
        isReconfigured: isReconfigured(job.before, job.after),
      })),
    },
    cron: compare(before.cron, after.cron, (a, b) => a.fingerprint === b.fingerprint),
    quotas: compareIfTold(
      before.quotas,
      after.quotas,
      (a, b) => a.cpus === b.cpus && a.ramMb === b.ramMb && a.diskMb === b.diskMb,
    ),
    updates: compareIfTold(before.updates, after.updates, (a, b) => a.status === b.status),
    isOtherFramework:
      before.frameworkId !== null && after.frameworkId !== null && before.frameworkId !== after.frameworkId,
  };
}

/** Nothing of what was compared is different. */
export function isSame({ jobs, cron, quotas, updates, isOtherFramework }: OutlineDiff): boolean {
  return (
    !isOtherFramework &&
    [jobs, cron, quotas, updates].every((changes) => changes === null || countOf(changes) === 0)
  );
}

export function countOf(changes: {
  readonly created: readonly unknown[];
  readonly removed: readonly unknown[];
  readonly changed: readonly unknown[];
}): number {
  return changes.created.length + changes.removed.length + changes.changed.length;
}

/** One whose tasks have all ended is history. */
function activeJobs({ jobs }: ClusterOutline): ReadonlyMap<string, EntryOf<'job'>> {
  return new Map([...jobs].filter(([, { active }]) => active > 0));
}

function tasksOf(jobs: ReadonlyMap<string, EntryOf<'job'>>): number {
  return [...jobs.values()].reduce((sum, { active }) => sum + active, 0);
}

/**
 * A leader tells one configuration of a job, of the task that changed last: there it is enough when the backup knows that one. In a
 * backup each configuration says how many tasks have it.
 */
function isReconfigured(a: EntryOf<'job'>, b: EntryOf<'job'>): boolean {
  const [ofA, ofB] = [Object.keys(a.configs), Object.keys(b.configs)];
  const lacks = (keys: readonly string[], { configs }: EntryOf<'job'>): boolean =>
    keys.some((key) => !Object.hasOwn(configs, key));
  if (isSample(b)) return lacks(ofB, a);
  return isSample(a) ? lacks(ofA, b) : lacks(ofA, b) || lacks(ofB, a);
}

function isSample({ configs }: EntryOf<'job'>): boolean {
  return Object.values(configs).includes(0);
}

function counted({ key, active }: EntryOf<'job'>): CountedJob {
  return { key, tasks: active };
}

function compareIfTold<T>(
  before: ReadonlyMap<string, T> | null,
  after: ReadonlyMap<string, T> | null,
  isEqual: (a: T, b: T) => boolean,
): Changes<T> | null {
  return before === null || after === null ? null : compare(before, after, isEqual);
}

function compare<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  isEqual: (a: T, b: T) => boolean,
): Changes<T> {
  const [created, removed]: [T[], T[]] = [[], []];
  const changed: { before: T; after: T }[] = [];
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === undefined && is !== undefined) created.push(is);
    else if (was !== undefined && is === undefined) removed.push(was);
    else if (was !== undefined && is !== undefined && !isEqual(was, is))
      changed.push({ before: was, after: is });
  }
  return { created, removed, changed };
}
