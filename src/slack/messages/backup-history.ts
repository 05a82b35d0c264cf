/** `/aurora backups history`: the picture in words, and as a table that fits a phone. */
import { type BackupHistory, historyRows } from '../../backups/history.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { code, plain } from '../escape.ts';
import { drawHistory } from '../pictures/backup-history.ts';
import type { Picture } from '../pictures/pictures.ts';
import { bytesText, count, dayAndTime, durationText } from '../time.ts';
import { ageText } from './backup-age.ts';

const rowsMax = 14;
const gapsNamed = 3;

export function renderHistory(cluster: string, history: BackupHistory): Message {
  const rows = historyRows(history, rowsMax);
  return message([
    section(wordsOf(cluster, history)),
    ...(rows.length === 0 ? [] : [section(['```', ...tableOf(rows), '```'].join('\n'))]),
    context(
      'As this bot has seen them; backups rotated away while it was down are missing. Days are in UTC. ! a gap, × cannot be restored.',
    ),
  ]);
}

export function pictureOf(cluster: string, history: BackupHistory): Picture {
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
  const { fromMs, toMs } = history;
  return {
    name: `backups-${plain(cluster, 60).replace(/[^\w.-]/g, '-')}-${day(toMs)}.png`,
    title: `Backups of ${plain(cluster, 60)}, ${day(fromMs)} to ${day(toMs)}: size, and age of the newest whole one`,
    words: wordsOf(cluster, history),
    svg: drawHistory(cluster, history),
  };
}

/** What somebody sees who looks at the picture. */
function wordsOf(cluster: string, history: BackupHistory): string {
  const { fromMs, toMs, whole, unusable, usualMs } = history;
  const newest = whole.at(-1);
  const days = count(Math.round((toMs - fromMs) / 86_400_000), 'day');
  if (newest === undefined) {
    const odd = unusable.length === 0 ? '' : ` Not restorable: ${verdictsOf(unusable)}.`;
    return `*No whole backup of ${code(cluster)} was seen in ${days}.*${odd}`;
  }
  const shown = whole.filter(({ atMs }) => atMs >= fromMs);
  const usually = usualMs === null ? '' : `, usually every ${durationText(usualMs)}`;
  return [
    `*${code(cluster)}, ${days}: ${count(shown.length, 'whole backup')}${usually}; the newest is ${ageText(newest.atMs, toMs)}.*`,
    sizeText(shown.length === 0 ? whole : shown),
    gapText(history),
    ...(unusable.length === 0 ? [] : [`Not restorable: ${verdictsOf(unusable)}.`]),
    ...suspiciousText(shown),
  ].join(' ');
}

function sizeText(whole: BackupHistory['whole']): string {
  const [first, last] = [whole[0]?.bytes ?? 0, whole.at(-1)?.bytes ?? 0];
  const [was, is] = [bytesText(first), bytesText(last)];
  return was === is ? `Size: ${is}.` : `Size: from ${was} to ${is}.`;
}

function gapText({ gaps, usualMs, toMs }: BackupHistory): string {
  if (usualMs === null) return 'Too few to say what counts as a gap.';
  if (gaps.length === 0) return `No gap longer than ${durationText(2 * usualMs)}.`;
  const newest = gaps.toReversed().slice(0, gapsNamed);
  const named = newest.map((gap) => {
    const long = durationText((gap.toMs ?? toMs) - gap.fromMs);
    return `${long} from ${dayAndTime(gap.fromMs)}${gap.toMs === null ? ' until now' : ''}`;
  });
  const more = gaps.length > gapsNamed ? ` and ${gaps.length - gapsNamed} more` : '';
  return `*${count(gaps.length, 'gap')}* longer than ${durationText(2 * usualMs)}: ${named.join(', ')}${more}.`;
}

function verdictsOf(unusable: BackupHistory['unusable']): string {
  const counts = (['broken', 'unlivable'] as const).map(
    (verdict) => [verdict, unusable.filter((point) => point.verdict === verdict).length] as const,
  );
  return counts
    .filter(([, number]) => number > 0)
    .map(([verdict, number]) => `${number} ${verdict}`)
    .join(', ');
}

function suspiciousText(whole: BackupHistory['whole']): string[] {
  const odd = whole.filter(({ verdict }) => verdict === 'suspicious').length;
  return odd === 0 ? [] : [`${odd} ${odd === 1 ? 'is' : 'are'} suspicious.`];
}

/** 32 characters wide, and a little more on a bad day. */
function tableOf(rows: ReturnType<typeof historyRows>): string[] {
  return [
    'from  whole     size  longest',
    ...rows.map(({ fromMs, whole, unusable, bytes, longestMs, isGap }) =>
      [
        new Date(fromMs).toISOString().slice(5, 10),
        String(whole).padStart(5),
        (bytes === null ? '–' : bytesText(bytes)).padStart(8),
        ` ${longestMs === null ? '–' : durationText(longestMs)}`,
        ...(isGap ? ['!'] : []),
        ...(unusable === 0 ? [] : [`×${unusable}`]),
      ].join(' '),
    ),
  ];
}
