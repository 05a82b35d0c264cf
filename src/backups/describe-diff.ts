/** A difference in lines of text, for a terminal or a file: the counts first, then what is different, by name. */
import type { EntryOf } from '../aurora/outline.ts';
import { printable } from '../aurora/printable.ts';
import { type Changes, countOf, isSame, type OutlineDiff } from './diff.ts';

const nameColumns = 44;

/** `rowsMax`: of each kind so many are named, and the others counted. */
export function describeDiff(diff: OutlineDiff, { rowsMax = Number.POSITIVE_INFINITY } = {}): string[] {
  if (isSame(diff)) return ['Nothing is different.', ...untold(diff)];
  const { jobs, tasks, cron, quotas, updates } = diff;
  return [
    ...(diff.isOtherFramework
      ? ['! They belong to two frameworks: two clusters, or one that started from scratch.']
      : []),
    `tasks   ${tasks.before} → ${tasks.after}`,
    `jobs    ${jobs.before} → ${jobs.after}${countsText(jobs)}`,
    ...some(rowsMax, [
      ...jobs.created.map((job) => row('+', job.key, plural(job.tasks, 'task'))),
      ...jobs.removed.map((job) => row('-', job.key, plural(job.tasks, 'task'))),
      ...jobs.changed.map((job) => row('~', job.key, changeOf(job))),
    ]),
    ...section('cron jobs', cron, {
      rowsMax,
      nameOf: ({ key }) => key,
      textOf: cronText,
      changeText: cronChange,
    }),
    ...(quotas === null
      ? []
      : section('quotas', quotas, { rowsMax, nameOf: ({ role }) => role, textOf: quotaText })),
    ...(updates === null
      ? []
      : section('updates', updates, { rowsMax, nameOf: ({ key }) => key, textOf: ({ status }) => status })),
    ...untold(diff),
  ];
}

/** `3 → 5 tasks, other configuration`. */
export function changeOf(job: { before: number; after: number; isReconfigured: boolean }): string {
  const tasks =
    job.before === job.after ? plural(job.after, 'task') : `${job.before} → ${plural(job.after, 'task')}`;
  return job.isReconfigured ? `${tasks}, other configuration` : tasks;
}

/** `: 1 created, 2 changed`; empty when nothing is. */
export function countsText(changes: Parameters<typeof countOf>[0]): string {
  const counts = (['created', 'removed', 'changed'] as const).flatMap((kind) =>
    changes[kind].length === 0 ? [] : [`${changes[kind].length} ${kind}`],
  );
  return counts.length === 0 ? '' : `: ${counts.join(', ')}`;
}

export function quotaText({ cpus, ramMb, diskMb }: EntryOf<'quota'>): string {
  return `${cpus} CPUs, ${sizeText(ramMb)} RAM, ${sizeText(diskMb)} disk`;
}

/** Aurora counts in 1024s. */
function sizeText(mb: number): string {
  return mb < 1024 ? `${mb} MB` : `${Number((mb / 1024).toFixed(1))} GB`;
}

function cronText({ schedule }: EntryOf<'cron'>): string {
  return schedule;
}

function cronChange(before: EntryOf<'cron'>, after: EntryOf<'cron'>): string {
  return before.schedule === after.schedule
    ? 'other configuration'
    : `${before.schedule} → ${after.schedule}`;
}

interface Rows<T> {
  readonly rowsMax: number;
  readonly nameOf: (entry: T) => string;
  readonly textOf: (entry: T) => string;
  readonly changeText?: (before: T, after: T) => string;
}

function section<T>(title: string, changes: Changes<T>, rows: Rows<T>): string[] {
  if (countOf(changes) === 0) return [];
  const { nameOf, textOf, changeText = (before, after) => `${textOf(before)} → ${textOf(after)}` } = rows;
  return [
    `${title}${countsText(changes)}`,
    ...some(rows.rowsMax, [
      ...changes.created.map((entry) => row('+', nameOf(entry), textOf(entry))),
      ...changes.removed.map((entry) => row('-', nameOf(entry), textOf(entry))),
      ...changes.changed.map(({ before, after }) => row('~', nameOf(before), changeText(before, after))),
    ]),
  ];
}

function untold({ quotas, updates }: OutlineDiff): string[] {
  const kinds = [...(quotas === null ? ['quotas'] : []), ...(updates === null ? ['updates'] : [])];
  return kinds.length === 0
    ? []
    : [`Not compared, because one of the two does not report: ${kinds.join(' and ')}.`];
}

function some(max: number, rows: readonly string[]): string[] {
  return rows.length <= max ? [...rows] : [...rows.slice(0, max), `  … and ${rows.length - max} more`];
}

/** Names are the owners' own words: one printable line. */
function row(sign: string, name: string, text: string): string {
  return `  ${sign} ${printable(name).padEnd(nameColumns)} ${printable(text)}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
