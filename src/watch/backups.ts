/** The backups of all hosts as one list, and how often there should be a new one. */
import { isRestorable } from '../aurora/backups.ts';
import { parseFlagDuration } from '../aurora/flag-duration.ts';
import type { History } from './history.ts';
import { idOf } from './history.ts';
import type { HostFacts, Observation, SeenFile } from './observation.ts';

/** One content; equal files are one. */
export interface Content extends SeenFile {
  /** By the bot's clock, as well as that can be known. */
  readonly writtenAtMs: number;
  readonly copies: readonly { readonly host: string; readonly name: string }[];
}

export interface Backups {
  /** Newest first. */
  readonly contents: readonly Content[];
  /** What a scheduler takes and lives on, newest first. */
  readonly whole: readonly Content[];
  /** A host whose list is not known could only have older ones: the leader's is known, since backups are written there alone. */
  readonly newestKnown: boolean;
  /** Every host's list is known. */
  readonly allKnown: boolean;
  /** How often a new one is written when nothing is in the way, in ms. */
  readonly periodMs: number;
}

/** `-backup_interval` and `-dlog_snapshot_interval` have the same default in every release (aurora.md 5.2, 7.2). */
const hourMs = 3_600_000;

export function readBackups(observation: Observation, history: History): Backups {
  const { hosts, leader } = observation;
  const files = hosts.flatMap(({ host, backups }) => (backups ?? []).map((file) => ({ host, file })));
  const contents = [...Map.groupBy(files, ({ file }) => file.sha256).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { file } = first;
    const writtenAtMs = history.written[idOf(file)] ?? file.contentAtMs ?? file.mtimeMs;
    return [{ ...file, writtenAtMs, copies: same.map(({ host, file: { name } }) => ({ host, name })) }];
  });
  contents.sort((a, b) => b.writtenAtMs - a.writtenAtMs || (a.sha256 < b.sha256 ? -1 : 1));
  const allKnown = hosts.every(({ backups }) => backups !== null);
  const leading = leader.kind === 'leads' ? hosts.find(({ host }) => host === leader.host) : undefined;
  return {
    contents,
    whole: contents.filter(isRestorable),
    newestKnown: allKnown || leading?.backups != null,
    allKnown,
    periodMs: periodOf(leading?.facts ?? hosts.find(({ facts }) => facts !== null)?.facts ?? null),
  };
}

/** What a scheduler goes by: what it was started with, where that is told. */
function flagOf(facts: HostFacts, name: string): string | undefined {
  return facts.running[name] ?? facts.flags[name];
}

/** A backup is written with the first snapshot that is taken when the interval is over. */
function periodOf(facts: HostFacts | null): number {
  const ms = (name: string): number => {
    const text = facts === null ? undefined : flagOf(facts, name);
    const parsed = text === undefined ? null : parseFlagDuration(text);
    return parsed === null || parsed <= 0 ? hourMs : parsed;
  };
  const snapshotMs = ms('dlog_snapshot_interval');
  return Math.ceil(ms('backup_interval') / snapshotMs) * snapshotMs;
}
