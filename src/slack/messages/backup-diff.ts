/** `/aurora backups diff`: what is different between two backups, or a backup and now. */
import { changeOf, countsText, quotaText } from '../../backups/describe-diff.ts';
import { type Changes, countOf, isSame, type OutlineDiff } from '../../backups/diff.ts';
import type { InventoryItem } from '../../backups/inventory.ts';
import { context, listRows, type Message, message, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { count, dayAndTime, durationText } from '../time.ts';
import { ageText } from './backup-age.ts';

const rowsShown = 12;

/** `after` may be what the leader has now. */
export function renderDiff(view: {
  cluster: string;
  before: InventoryItem;
  after: InventoryItem | 'now';
  diff: OutlineDiff;
  now: number;
}): Message {
  const { before, after, diff } = view;
  const { jobs, tasks, cron, quotas, updates } = diff;
  if (isSame(diff))
    return message([
      section(
        `*Nothing has changed from ${sides(view)}.* ${count(jobs.after, 'job')}, ${count(tasks.after, 'task')}.`,
      ),
      ...untold(diff),
      context(namesOf(before, after)),
    ]);
  const sections = [
    rowsOf(`*Jobs*${countsText(jobs)}`, [
      ...jobs.removed.map((job) => `− ${code(job.key)} ${count(job.tasks, 'task')}`),
      ...jobs.created.map((job) => `+ ${code(job.key)} ${count(job.tasks, 'task')}`),
      ...jobs.changed.map((job) => `~ ${code(job.key)} ${changeOf(job)}`),
    ]),
    changesOf('Cron jobs', cron, { nameOf: ({ key }) => key, textOf: ({ schedule }) => code(schedule, 60) }),
    changesOf('Quotas', quotas, { nameOf: ({ role }) => role, textOf: quotaText }),
    changesOf('Updates', updates, { nameOf: ({ key }) => key, textOf: ({ status }) => foreign(status, 40) }),
  ];
  return message([
    section(
      `*From ${sides(view)}: ${count(jobs.created.length, 'job')} created, ${jobs.removed.length} removed, ${jobs.changed.length} changed.* Tasks: ${tasks.before} → ${tasks.after}.`,
    ),
    ...(diff.isOtherFramework
      ? [
          section(
            '*They belong to two frameworks*: two clusters, or one that started from scratch. Check before you restore.',
          ),
        ]
      : []),
    ...sections.filter((text) => text !== null).map(section),
    ...untold(diff),
    context(
      `+ created, − removed, ~ changed. Ended tasks are not counted. ${after === 'now' ? 'Restoring this backup undoes what is listed here; `/aurora backups show` says what it would kill. ' : ''}${namesOf(before, after)}`,
    ),
  ]);
}

function sides({
  cluster,
  before,
  after,
  now,
}: {
  cluster: string;
  before: InventoryItem;
  after: InventoryItem | 'now';
  now: number;
}): string {
  const name = (item: InventoryItem): string =>
    item.contentAtMs === null
      ? 'a backup with no timestamp'
      : `the backup of ${dayAndTime(item.contentAtMs)}`;
  if (after === 'now')
    return `${name(before)} (${ageText(before.contentAtMs, now)}) to ${code(cluster)} as it is now`;
  const apart = (after.contentAtMs ?? 0) - (before.contentAtMs ?? 0);
  const known = before.contentAtMs !== null && after.contentAtMs !== null;
  const words = known ? `, ${durationText(Math.abs(apart))} ${apart < 0 ? 'earlier' : 'later'}` : '';
  return `${name(before)} to ${name(after)}${words}`;
}

function namesOf(before: InventoryItem, after: InventoryItem | 'now'): string {
  const name = ({ sha256, copies: [{ host }] }: InventoryItem): string =>
    `${code(sha256.slice(0, 12))} on ${foreign(host, 60)}`;
  return `First: ${name(before)}. Second: ${after === 'now' ? 'what its leader reports' : name(after)}.`;
}

function changesOf<T>(
  title: string,
  changes: Changes<T> | null,
  { nameOf, textOf }: { nameOf: (entry: T) => string; textOf: (entry: T) => string },
): string | null {
  if (changes === null || countOf(changes) === 0) return null;
  return rowsOf(`*${title}*${countsText(changes)}`, [
    ...changes.removed.map((entry) => `− ${code(nameOf(entry))} ${textOf(entry)}`),
    ...changes.created.map((entry) => `+ ${code(nameOf(entry))} ${textOf(entry)}`),
    ...changes.changed.map(({ before, after }) => {
      const [was, is] = [textOf(before), textOf(after)];
      return `~ ${code(nameOf(before))} ${was === is ? 'other configuration' : `${was} → ${is}`}`;
    }),
  ]);
}

function rowsOf(title: string, rows: readonly string[]): string | null {
  return rows.length === 0 ? null : `${title}\n${listRows(rows, rowsShown)}`;
}

function untold({ quotas, updates }: OutlineDiff) {
  const kinds = [...(quotas === null ? ['quotas'] : []), ...(updates === null ? ['updates'] : [])];
  return kinds.length === 0
    ? []
    : [context(`Not compared, because one side does not report: ${kinds.join(' and ')}.`)];
}
