/** What the watch remembers of earlier looks: only what judging a later one needs, and never more than its bounds. */
import { isRestorable } from '../aurora/backups.ts';
import type { HostLook, Observation, SeenFile } from './observation.ts';

export interface History {
  /** Nothing from before this is held against the cluster: the first look, or the first one after a restore. */
  readonly sinceMs: number;
  /** When each content was written, by the bot's clock and as it was worked out when it was first seen: clocks are put right later. */
  readonly written: Readonly<Record<string, number>>;
  /** Of the newest whole backup that was ever seen; `null` while there was none. */
  readonly newestWholeMs: number | null;
  /** Some backup had tasks. */
  readonly hadTasks: boolean;
  /** That of most backups; `null` while none names one. */
  readonly frameworkId: string | null;
  /** When processes that lead began, oldest first. */
  readonly starts: readonly number[];
  /** Free bytes by host and file system, an hour apart: `[atMs, freeBytes]`, oldest first. */
  readonly disks: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

const writtenMax = 100;
const startsMax = 30;
const samplesMax = 24;
const disksMax = 36;
const sampleMs = 3_600_000;
/** The same process tells its uptime in whole seconds, and the answer travels. */
const sameStartMs = 15_000;

export function beginHistory(atMs: number): History {
  return {
    sinceMs: atMs,
    written: {},
    newestWholeMs: null,
    hadTasks: false,
    frameworkId: null,
    starts: [],
    disks: {},
  };
}

/** After a restore: what it did to processes, disks and backups is no sign of anything. */
export function beginAfresh(history: History, atMs: number): History {
  return { ...history, sinceMs: atMs, starts: [], disks: {} };
}

/** What is known after this look. */
export function remember(history: History, observation: Observation): History {
  const written = rememberWritten(history.written, observation);
  const files = observation.hosts.flatMap(({ backups }) => backups ?? []);
  const newest = Math.max(
    history.newestWholeMs ?? Number.NEGATIVE_INFINITY,
    ...files.filter(isRestorable).map((file) => written[idOf(file)] ?? Number.NEGATIVE_INFINITY),
  );
  return {
    ...history,
    written,
    newestWholeMs: Number.isFinite(newest) ? newest : null,
    hadTasks: history.hadTasks || files.some((file) => isRestorable(file) && file.tasks > 0),
    frameworkId: usualFramework(files, history.frameworkId),
    starts: rememberStart(history.starts, observation),
    disks: rememberDisks(history.disks, observation),
  };
}

/** Of a content; enough of its hash to tell it from the few hundred others. */
export function idOf({ sha256 }: Pick<SeenFile, 'sha256'>): string {
  return sha256.slice(0, 16);
}

export function diskName(host: string, places: readonly string[]): string {
  return `${host} ${places.join('+')}`;
}

/** Only the newest are needed: what is older is dated by its content once more. */
function rememberWritten(known: History['written'], { hosts, atMs }: Observation): History['written'] {
  const times = Object.values(known);
  const oldest = times.length < writtenMax ? Number.NEGATIVE_INFINITY : Math.min(...times);
  const fresh = hosts.flatMap((look) =>
    (look.backups ?? [])
      .filter((file) => known[idOf(file)] === undefined)
      .map((file) => [idOf(file), writtenAt(file, look, atMs)] as const)
      .filter(([, writtenAtMs]) => writtenAtMs > oldest),
  );
  if (fresh.length === 0) return known;
  // A file that is dated ahead would count as new again, once it was forgotten; rotation leaves it there for long.
  const ahead = new Set(
    hosts.flatMap(({ backups }) =>
      (backups ?? []).filter(({ contentAtMs }) => (contentAtMs ?? 0) > atMs).map(idOf),
    ),
  );
  const all = [...Object.entries(known), ...fresh].sort(
    ([a, aMs], [b, bMs]) => Number(ahead.has(b)) - Number(ahead.has(a)) || bMs - aMs,
  );
  return Object.fromEntries(all.slice(0, writtenMax));
}

/** The clock of the host that wrote it, as it goes now, tells the time in a file; nothing was written later than it was seen. */
function writtenAt(
  { contentAtMs, mtimeMs }: SeenFile,
  { facts }: Pick<HostLook, 'facts'>,
  atMs: number,
): number {
  return Math.min(atMs, (contentAtMs ?? mtimeMs) - (facts?.clockAheadMs ?? 0));
}

/** Of two that are named as often it stays the one that it was. */
function usualFramework(files: readonly SeenFile[], known: string | null): string | null {
  const whole = new Map(files.filter(isRestorable).map((file) => [file.sha256, file.frameworkId]));
  const times = new Map<string, number>();
  for (const id of whole.values()) if (id !== null) times.set(id, (times.get(id) ?? 0) + 1);
  const most = Math.max(0, ...times.values());
  const usual = [...times].filter(([, count]) => count === most).map(([id]) => id);
  return known !== null && (usual.includes(known) || usual.length === 0) ? known : (usual[0] ?? null);
}

function rememberStart(starts: readonly number[], { hosts, leader }: Observation): readonly number[] {
  if (leader.kind !== 'leads') return starts;
  const startedAtMs = hosts.find(({ host }) => host === leader.host)?.facts?.startedAtMs ?? null;
  if (startedAtMs === null) return starts;
  const known = starts.some((one) => Math.abs(one - startedAtMs) < sameStartMs);
  return known ? starts : [...starts, startedAtMs].sort((a, b) => a - b).slice(-startsMax);
}

function rememberDisks(disks: History['disks'], { hosts, atMs }: Observation): History['disks'] {
  const seen = hosts.flatMap(({ host, facts }) =>
    (facts?.disks ?? []).map((disk) => [diskName(host, disk.places), disk.freeBytes] as const),
  );
  const due = seen.filter(([name]) => atMs - (disks[name]?.at(-1)?.[0] ?? 0) >= sampleMs);
  if (due.length === 0) return disks;
  const added = due.map(
    ([name, freeBytes]) =>
      [name, [...(disks[name] ?? []), [atMs, freeBytes] as const].slice(-samplesMax)] as const,
  );
  const all = { ...disks, ...Object.fromEntries(added) };
  // File systems that were renamed or taken away are the ones that were seen longest ago.
  const kept = Object.entries(all).sort(([, a], [, b]) => (b.at(-1)?.[0] ?? 0) - (a.at(-1)?.[0] ?? 0));
  return Object.fromEntries(kept.slice(0, disksMax));
}
