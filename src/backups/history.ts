/** The backups of a cluster over days, as they were seen: when each was written, how large it is, and where one is missing. Pure. */

import { judgeBackupTime } from '../aurora/backup-time.ts';
import { isRestorable } from '../aurora/backups.ts';
import type { SeenBackup } from '../aurora/fleet.ts';

/** What a scheduler can be restored from, and what looks like it. */
export interface HistoryPoint {
  /** Of what is in it; of one whose time is missing or cannot be right, when it was first seen. */
  readonly atMs: number;
  readonly bytes: number;
  readonly verdict: SeenBackup['verdict'];
}

/** Between two whole backups that lie further apart than twice the usual interval. */
export interface HistoryGap {
  readonly fromMs: number;
  /** `null` while it lasts. */
  readonly toMs: number | null;
}

export interface BackupHistory {
  readonly fromMs: number;
  readonly toMs: number;
  /** Oldest first. The last one from before `fromMs` is among them, where it is known. */
  readonly whole: readonly HistoryPoint[];
  /** Broken and unlivable ones, oldest first. */
  readonly unusable: readonly HistoryPoint[];
  /** The median of the times between whole backups; `null` of fewer than three. */
  readonly usualMs: number | null;
  /** Oldest first. */
  readonly gaps: readonly HistoryGap[];
}

/** Whole backups it takes to say what is usual. */
const usualOf = 3;

export function foldHistory(
  seen: readonly SeenBackup[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): BackupHistory {
  const points = seen
    .map(({ contentAtMs, firstSeenMs, bytes, verdict }): HistoryPoint => {
      const isKnown = contentAtMs !== null && judgeBackupTime(contentAtMs, toMs).kind === 'known';
      return { atMs: Math.min(isKnown ? contentAtMs : firstSeenMs, toMs), bytes, verdict };
    })
    .sort((a, b) => a.atMs - b.atMs);
  const whole = points.filter(isRestorable);
  const first = Math.max(
    0,
    whole.findLastIndex(({ atMs }) => atMs < fromMs),
  );
  const shown = whole.slice(first);
  const intervals = shown.slice(1).map(({ atMs }, index) => atMs - (shown[index]?.atMs ?? atMs));
  const usualMs = shown.length < usualOf ? null : median(intervals);
  return {
    fromMs,
    toMs,
    whole: shown,
    unusable: points.filter((point) => !isRestorable(point) && point.atMs >= fromMs),
    usualMs,
    gaps: usualMs === null ? [] : gapsOf(shown, { usualMs, toMs }),
  };
}

function gapsOf(
  whole: readonly HistoryPoint[],
  { usualMs, toMs }: { usualMs: number; toMs: number },
): HistoryGap[] {
  return whole.flatMap(({ atMs: fromMs }, index) => {
    const next = whole[index + 1]?.atMs ?? null;
    return (next ?? toMs) - fromMs > 2 * usualMs ? [{ fromMs, toMs: next }] : [];
  });
}

/** Some days of a history. */
interface HistoryRow {
  readonly fromMs: number;
  /** Whole backups that were written then. */
  readonly whole: number;
  readonly unusable: number;
  /** Of the newest whole one; `null` where none was written. */
  readonly bytes: number | null;
  /** The longest time without a new whole one that ended then, or lasts; `null` where none did. */
  readonly longestMs: number | null;
  /** It is a gap. */
  readonly isGap: boolean;
}

const dayMs = 86_400_000;

/** Whole days of UTC, newest first, as many to a row as it takes for `rowsMax` rows; none from before the first backup. */
export function historyRows(history: BackupHistory, rowsMax: number): HistoryRow[] {
  const { fromMs, toMs, whole, unusable, usualMs } = history;
  const begins = [whole[0], unusable[0]].filter((point) => point !== undefined).map(({ atMs }) => atMs);
  if (begins.length === 0) return [];
  const firstDay = Math.floor(Math.max(fromMs, Math.min(...begins)) / dayMs);
  const days = Math.floor(toMs / dayMs) - firstDay + 1;
  const spanMs = Math.ceil(days / rowsMax) * dayMs;
  return Array.from({ length: Math.ceil((days * dayMs) / spanMs) }, (_, index): HistoryRow => {
    const beginMs = firstDay * dayMs + index * spanMs;
    const isThen = ({ atMs }: Pick<HistoryPoint, 'atMs'>): boolean =>
      atMs >= beginMs && atMs < beginMs + spanMs;
    const ended = whole.flatMap((point, at) => {
      const before = whole[at - 1];
      return before !== undefined && isThen(point) ? [point.atMs - before.atMs] : [];
    });
    const newest = whole.at(-1);
    const lasts = newest !== undefined && isThen({ atMs: toMs }) ? [toMs - newest.atMs] : [];
    const longestMs = [...ended, ...lasts].reduce<number | null>((a, b) => Math.max(a ?? 0, b), null);
    const mine = whole.filter(isThen);
    return {
      fromMs: beginMs,
      whole: mine.length,
      unusable: unusable.filter(isThen).length,
      bytes: mine.at(-1)?.bytes ?? null,
      longestMs,
      isGap: usualMs !== null && longestMs !== null && longestMs > 2 * usualMs,
    };
  }).reverse();
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
