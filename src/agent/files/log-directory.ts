/** What lies in the replicated log's directory: LevelDB's files and nothing else (mesos.md 1.6). */
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuroraError } from '../../aurora/errors.ts';
import { restoreIdPattern } from '../../aurora/name-schemas.ts';
import { inDirectory, listAllNames, type PinnedDirectory } from './pinned.ts';
import { isMissing } from './plain-file.ts';

interface LogDirectory {
  readonly files: number;
  readonly bytes: number;
  readonly names: readonly string[];
  /** Names that LevelDB does not make, as a person may read them; a directory with any is not ours to move. */
  readonly foreign: readonly string[];
}

const levelDbName = /^(CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/;
/** A freshly initialised log has exactly one of each (mesos.md 1.6, aurora.md 14 F). */
const blankNames = [/^CURRENT$/, /^LOCK$/, /^LOG$/, /^MANIFEST-\d+$/, /^\d+\.log$/];

/**
 * `null` when there is no such directory. Throws AuroraError `path-not-safe` for a link, `too-many-names`, and ENOTDIR for anything else
 * that is not a directory.
 */
export async function readLogDirectory(path: string): Promise<LogDirectory | null> {
  try {
    return await inDirectory(path, readPinned, { itself: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function readPinned(directory: PinnedDirectory): Promise<LogDirectory> {
  const names = [...(await listAllNames(directory))].sort();
  const found = await Promise.all(names.map((name) => lookAt(directory, name)));
  return {
    files: names.length,
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    names,
    foreign: found.filter(({ ours }) => !ours).map(({ name }) => readable(name)),
  };
}

export function isLevelDbName(name: string): boolean {
  return levelDbName.test(name);
}

/** For a directory with names that LevelDB does not make. */
export function logForeign(path: string, foreign: readonly string[]): AuroraError {
  const names = foreign.map(readable);
  return new AuroraError({
    code: 'log-foreign',
    message: `${path} holds files that are not the replicated log's: ${names.slice(0, 5).join(', ')}. It was not touched.`,
    hint: 'Move those files elsewhere, or correct paths.log in the configuration of the agent.',
    details: { foreign: names.slice(0, 20) },
  });
}

/** A name may hold line breaks and whatever else forges a line. */
function readable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}

/** Whether the directory holds what `mesos-log initialize` leaves, and nothing else. */
export function looksBlank(directory: LogDirectory): boolean {
  return (
    directory.names.length === blankNames.length &&
    blankNames.every((pattern) => directory.names.filter((name) => pattern.test(name)).length === 1)
  );
}

/** Where `set-aside-log` of a restore puts the old log: beside it, so that a rename is enough. */
export function setAsidePath(log: string, restoreId: string): string {
  return `${log}.set-aside-${restoreId}`;
}

/** Ids of the restores that have a log set aside beside this one, sorted. */
export async function listSetAside(log: string): Promise<readonly string[]> {
  const prefix = basename(setAsidePath(log, ''));
  const names = await listAround(log);
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((restoreId) => restoreIdPattern.test(restoreId))
    .sort();
}

/** Where `bring-back-log` of a restore copies to before it is whole. */
export function bringingPath(log: string, restoreId: string): string {
  return `${log}.bringing-${restoreId}`;
}

/** Names that `put-back-log` gave to logs it moved away, oldest first. */
export function listMovedAway(log: string, restoreId: string): Promise<readonly string[]> {
  return listNamed(log, `restored-${restoreId}`);
}

/** The first free name for a log that must make room: `….restored-R1`, `….restored-R1-2`, … */
export function nextMovedAwayPath(log: string, restoreId: string): Promise<string> {
  return nextNamed(log, `restored-${restoreId}`);
}

/** Names that `set-aside-new-log` gave to logs of this restore, oldest first. */
export function listFailed(log: string, restoreId: string): Promise<readonly string[]> {
  return listNamed(log, `failed-${restoreId}`);
}

/** The first free name for a log of this restore that came to nothing: `….failed-R1`, `….failed-R1-2`, … */
export function nextFailedPath(log: string, restoreId: string): Promise<string> {
  return nextNamed(log, `failed-${restoreId}`);
}

function listAround(log: string): Promise<readonly string[]> {
  return inDirectory(dirname(log), listAllNames);
}

async function listNamed(log: string, label: string): Promise<readonly string[]> {
  const prefix = `${basename(log)}.${label}`;
  const names = await listAround(log);
  return names
    .map((name) => ({ name, turn: turnOf(name, prefix) }))
    .filter(({ turn }) => turn > 0)
    .sort((a, b) => a.turn - b.turn)
    .map(({ name }) => join(dirname(log), name));
}

async function nextNamed(log: string, label: string): Promise<string> {
  const taken = await listNamed(log, label);
  const last = turnOf(taken.at(-1) ?? '', `${log}.${label}`);
  return `${log}.${label}${last === 0 ? '' : `-${last + 1}`}`;
}

async function lookAt(
  directory: PinnedDirectory,
  name: string,
): Promise<{ name: string; bytes: number; ours: boolean }> {
  try {
    const entry = await lstat(directory.at(name));
    return { name, bytes: entry.isFile() ? entry.size : 0, ours: entry.isFile() && levelDbName.test(name) };
  } catch (error) {
    // LevelDB removes files while it runs; a name that is gone by now is none of ours to judge.
    if (isMissing(error)) return { name, bytes: 0, ours: levelDbName.test(name) };
    throw error;
  }
}

function turnOf(name: string, prefix: string): number {
  if (name === prefix) return 1;
  const tail = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : '';
  return /^[1-9]\d{0,5}$/.test(tail) ? Number(tail) : 0;
}
