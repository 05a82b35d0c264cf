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
  const rows = Array.from({ length: Math.ceil((days * dayMs) / spanMs) }, (_, index) => ({
    fromMs: firstDay * dayMs + index * spanMs,
    whole: 0,
    unusable: 0,
    bytes: null as number | null,
    longestMs: null as number | null,
  }));
  const rowOf = (atMs: number) => rows[Math.floor((atMs - firstDay * dayMs) / spanMs)];
  const noteAge = (atMs: number, ageMs: number): void => {
    const row = rowOf(atMs);
    if (row !== undefined) row.longestMs = Math.max(row.longestMs ?? 0, ageMs);
  };
  for (const [index, { atMs, bytes }] of whole.entries()) {
    noteAge(whole[index + 1]?.atMs ?? toMs, (whole[index + 1]?.atMs ?? toMs) - atMs);
    const row = rowOf(atMs);
    if (row === undefined) continue;
    row.whole += 1;
    row.bytes = bytes;
  }
  for (const { atMs } of unusable) {
    const row = rowOf(atMs);
    if (row !== undefined) row.unusable += 1;
  }
  const isGap = (ageMs: number | null): boolean => usualMs !== null && ageMs !== null && ageMs > 2 * usualMs;
  return rows.map((row) => ({ ...row, isGap: isGap(row.longestMs) })).reverse();
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
