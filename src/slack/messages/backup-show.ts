/** `/aurora backups show`: everything that is known of one backup. */
import { describeWriter } from '../../aurora/backup-writer.ts';
import { isRestorable } from '../../aurora/backups.ts';
import type { HeldCopy } from '../../aurora/errands.ts';
import type { ClusterOutline } from '../../aurora/outline.ts';
import type { InventoryItem } from '../../backups/inventory.ts';
import { actionIds } from '../action-ids.ts';
import { actions, button, context, listRows, type Message, message, section } from '../blocks.ts';
import { code, foreign, quote, sentence } from '../escape.ts';
import { bytesText, count, dayAndTime } from '../time.ts';
import { ageText, doubtText } from './backup-age.ts';
import { proofText } from './backup-proof.ts';
import { heldBy } from './held-copies.ts';

const jobsShown = 8;
const copiesShown = 10;
const heldShown = 3;

export interface BackupView {
  readonly cluster: string;
  readonly item: InventoryItem;
  readonly isRecommended: boolean;
  /** What restoring it now would do; `null` when that is not known, and `lossesUnknown` may say why. */
  readonly losses: { readonly killed: number; readonly rescheduled: number } | null;
  readonly lossesUnknown: string | null;
  /** Its jobs, or why they are not known, as a sentence. */
  readonly outline: Pick<ClusterOutline, 'jobs'> | { readonly unknown: string };
  /** Copies of it that people had kept. */
  readonly held: readonly (HeldCopy & { readonly host: string })[];
  readonly now: number;
}

export function renderBackup(view: BackupView): Message {
  const { item, cluster } = view;
  const { report, sha256 } = item;
  const restorable = isRestorable(report);
  return message([
    section(headLine(view)),
    ...reasonLines(view).map(section),
    ...(restorable ? [section(costLine(view))] : []),
    ...(report.verdict === 'broken' ? [] : [section(contentLines(view).join('\n'))]),
    section(copyLines(item).join('\n')),
    ...view.held.slice(0, heldShown).map((copy) => section(heldLine(copy))),
    ...(item.proven === undefined ? [] : [section(`Proof: ${proofText(item.proven, view.now)}`)]),
    context(`sha256 ${code(sha256, 64)} · ${bytesText(report.bytes)}${writerText(item)}`),
    ...actions([
      ...(report.verdict === 'ok'
        ? [
            button({
              actionId: actionIds.startRestore,
              label: 'Start a restore…',
              value: cluster,
              style: 'primary',
            }),
          ]
        : []),
      ...(restorable
        ? [
            button({
              actionId: actionIds.holdBackup,
              label: 'Hold',
              value: JSON.stringify({ cluster, sha256 }),
            }),
          ]
        : []),
    ]),
  ]);
}

const worth = {
  ok: 'It passed every check.',
  suspicious: 'A scheduler accepts it; read the reasons before you restore it.',
  unlivable: 'It is whole, but no scheduler survives it as it is.',
  broken: 'It cannot be restored.',
} as const;

function headLine({ cluster, item, isRecommended, now }: BackupView): string {
  const { report, contentAtMs } = item;
  const time =
    contentAtMs === null ? 'A backup with no timestamp' : `The backup of ${dayAndTime(contentAtMs)}`;
  const advice = isRecommended ? ' It is the recommended one.' : '';
  return `*${time} of ${code(cluster)} is ${report.verdict}* (${ageText(contentAtMs, now)}). ${worth[report.verdict]}${advice}`;
}

function reasonLines({ item: { report, contentAtMs }, now }: BackupView): string[] {
  const doubt = doubtText(contentAtMs, now);
  const reasons = report.reasons.slice(0, 5).map((reason) => sentence(reason, 300));
  return reasons.length + doubt.length === 0
    ? []
    : [[...reasons, ...(doubt === '' ? [] : [doubt])].join('\n')];
}

function costLine({ losses, lossesUnknown }: BackupView): string {
  if (losses !== null)
    return `*If restored now:* ${count(losses.killed, 'task')} killed, ${losses.rescheduled} started again.`;
  return `What restoring it would kill is unknown${lossesUnknown === null ? '.' : `: ${sentence(lossesUnknown, 250)}`}`;
}

function contentLines({ item: { report }, outline }: BackupView): string[] {
  const { tasks } = report;
  const statuses = Object.entries(tasks.byStatus)
    .sort(([, a], [, b]) => b - a)
    .map(([status, tasksOf]) => `${tasksOf} ${foreign(status, 30)}`);
  const also = [
    count(report.cronJobs, 'cron job'),
    count(report.quotas, 'quota'),
    count(report.jobUpdates, 'update'),
    count(report.hostAttributes, 'machine'),
  ];
  return [
    `*${count(tasks.total, 'task')} of ${count(report.jobs, 'job')}*${statuses.length === 0 ? '' : `: ${listed(statuses)}`}. Also ${also.join(', ')}.`,
    ...('unknown' in outline
      ? [`Its jobs are unknown: ${sentence(outline.unknown, 250)}`]
      : jobRows(outline)),
  ];
}

function listed(words: readonly string[]): string {
  return words.length <= 6 ? words.join(', ') : `${words.slice(0, 6).join(', ')}, …`;
}

/** The largest first. */
function jobRows({ jobs }: Pick<ClusterOutline, 'jobs'>): string[] {
  const rows = [...jobs.values()]
    .sort((a, b) => b.active - a.active || b.ended - a.ended || (a.key < b.key ? -1 : 1))
    .map(({ key, active, ended }) => `${code(key)} ${active} active${ended === 0 ? '' : `, ${ended} ended`}`);
  return rows.length === 0 ? [] : [listRows(rows, jobsShown)];
}

function copyLines({ copies }: InventoryItem): string[] {
  const rows = copies.map(({ host, name }) => `${foreign(host, 80)}: ${code(name, 60)}`);
  return [`*${count(copies.length, 'copy', 'copies')}*`, listRows(rows, copiesShown)];
}

function heldLine(copy: BackupView['held'][number]): string {
  return `A copy on ${foreign(copy.host, 80)} is ${heldBy(copy)}, since ${dayAndTime(copy.atMs)}: ${quote(copy.why, 120)}`;
}

function writerText({ report: { writer, frameworkId } }: InventoryItem): string {
  const by = writer === undefined ? '' : ` · written by ${foreign(describeWriter(writer), 100)}`;
  return `${by}${frameworkId === null ? '' : ` · framework ${code(frameworkId, 60)}`}`;
}
