import fs from 'node:fs';
import { type FileLock, lockFile } from './file-lock.ts';
import { InfoLog } from './info-log.ts';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts';
import { OpenError, openErrorOf } from './open-error.ts';
import { frameRecord, readRecords } from './record-file.ts';
import { decodeTable, encodeTable } from './table.ts';
import { type Change, decodeBatch, encodeBatch } from './write-batch.ts';

/** An open LevelDB directory, as much of one as a replicated log needs. One process at a time. */
export interface Database {
  readonly entries: ReadonlyMap<string, Buffer>;
  /** Written before it returns: a process killed right after it has lost nothing. */
  write(changes: readonly Change[]): void;
  close(): void;
}

/**
 * Opens the directory the way a Mesos replica does: creates it (one level), takes LOCK, replays the
 * write-ahead file and compacts. File names and numbers are those that LevelDB 1.23 was seen to leave
 * (test/fixtures/mesos-log). Throws OpenError with LevelDB's words.
 */
export function openDatabase(path: string): Database {
  const file = (name: string) => `${path}/${name}`;
  if (path === '') throw new OpenError('NotFound: : No such file or directory');
  makeDirectory(path);
  const info = InfoLog.start(file('LOG'));
  const lock = takeLock(file('LOCK'));
  try {
    return new OpenDatabase({ path, lock, ...recover(path, info) });
  } catch (thrown) {
    lock.release();
    throw thrown instanceof OpenError ? thrown : openErrorOf(file('MANIFEST-000001'), thrown);
  }
}

interface Recovered {
  readonly entries: Map<string, Buffer>;
  readonly logName: string;
  readonly sequence: number;
}

class OpenDatabase implements Database {
  readonly entries: Map<string, Buffer>;
  private readonly lock: FileLock;
  private readonly log: number;
  private logSize = 0;
  private sequence: number;

  constructor({
    path,
    lock,
    entries,
    logName,
    sequence,
  }: Recovered & { readonly path: string; readonly lock: FileLock }) {
    this.lock = lock;
    this.entries = entries;
    this.sequence = sequence;
    this.log = fs.openSync(`${path}/${logName}`, 'a');
  }

  write(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const framed = frameRecord(encodeBatch(changes, this.sequence + 1), this.logSize);
    fs.writeSync(this.log, framed);
    this.logSize += framed.length;
    this.sequence += changes.length;
    applyChanges(this.entries, changes);
  }

  close(): void {
    fs.closeSync(this.log);
    this.lock.release();
  }
}

/** Reads what is there, then leaves the directory as an opening with a full compaction leaves it. */
function recover(path: string, info: InfoLog): Recovered {
  const before = readCurrent(path);
  const manifest = before ?? { logNumber: 0, nextFile: 2, lastSequence: 0, tables: [] };
  const tables = manifest.tables.filter(({ number }) => fs.existsSync(`${path}/${tableName(number)}`));
  const [missing] = manifest.tables.filter((table) => !tables.includes(table));
  if (missing) {
    throw new OpenError(`Corruption: 1 missing files; e.g.: ${path}/${tableName(missing.number)}`);
  }

  const entries = new Map<string, Buffer>();
  let sequence = manifest.lastSequence;
  for (const { number } of tables) {
    for (const { key, value } of decodeTable(fs.readFileSync(`${path}/${tableName(number)}`))) {
      entries.set(key, value);
    }
  }
  const logs = logFiles(path).filter((number) => number >= manifest.logNumber);
  const records = logs.flatMap((number) => readRecords(fs.readFileSync(`${path}/${logName(number)}`)));
  for (const record of records) {
    const batch = decodeBatch(record);
    applyChanges(entries, batch.changes);
    sequence = Math.max(sequence, batch.sequence + batch.changes.length - 1);
  }

  const next = numberFiles({
    isNew: before === null,
    replayed: records.length > 0,
    nextFile: manifest.nextFile,
  });
  const after = writeTables(path, { entries, sequence, next, tables, replayed: records.length > 0 });
  info.say({ path, isNew: before === null, table: after.tables[0]?.number ?? null });
  fs.writeFileSync(`${path}/${logName(next.log)}`, '');
  fs.writeFileSync(`${path}/${manifestName(next.manifest)}`, encodeManifest(after));
  fs.writeFileSync(`${path}/CURRENT`, `${manifestName(next.manifest)}\n`);
  removeObsolete(path, { ...next, tables: after.tables.map(({ number }) => number) });
  return { entries, logName: logName(next.log), sequence };
}

interface FileNumbers {
  readonly manifest: number;
  readonly log: number;
  readonly table: number;
  readonly nextFile: number;
}

/**
 * The numbers that openings were seen to use; LevelDB hands them out one by one for files that it then
 * deletes again.
 */
function numberFiles(opening: { isNew: boolean; replayed: boolean; nextFile: number }): FileNumbers {
  const { isNew, replayed, nextFile } = opening;
  if (isNew) {
    return replayed
      ? { manifest: 2, log: 6, table: 8, nextFile: 9 }
      : { manifest: 2, log: 4, table: 0, nextFile: 5 };
  }
  return replayed
    ? { manifest: nextFile + 1, log: nextFile + 4, table: nextFile + 6, nextFile: nextFile + 7 }
    : { manifest: nextFile, log: nextFile + 2, table: 0, nextFile: nextFile + 3 };
}

function writeTables(
  path: string,
  state: {
    entries: Map<string, Buffer>;
    sequence: number;
    next: FileNumbers;
    tables: Manifest['tables'];
    replayed: boolean;
  },
): Manifest {
  const { entries, sequence, next } = state;
  const numbers = { logNumber: next.log, nextFile: next.nextFile, lastSequence: sequence };
  if (!state.replayed || entries.size === 0) return { ...numbers, tables: state.tables };
  const keys = [...entries.keys()].sort();
  const bytes = encodeTable([...entries].map(([key, value]) => ({ key, value, sequence })));
  fs.writeFileSync(`${path}/${tableName(next.table)}`, bytes);
  return {
    ...numbers,
    tables: [{ number: next.table, size: bytes.length, smallest: keys[0] ?? '', largest: keys.at(-1) ?? '' }],
  };
}

function readCurrent(path: string): Manifest | null {
  let name: string;
  try {
    name = fs.readFileSync(`${path}/CURRENT`, 'utf8').trim();
  } catch {
    return null;
  }
  try {
    return decodeManifest(fs.readFileSync(`${path}/${name}`));
  } catch {
    throw new OpenError(
      `Corruption: CURRENT points to a non-existent file: NotFound: ${path}/${name}: No such file or directory`,
    );
  }
}

function makeDirectory(path: string): void {
  try {
    fs.mkdirSync(path);
  } catch {
    // One level only, and a failure shows as the missing LOCK: mesos.md 1.4 calls that message misleading.
  }
}

function takeLock(path: string): FileLock {
  try {
    fs.closeSync(fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644));
  } catch (thrown) {
    throw openErrorOf(path, thrown);
  }
  const lock = lockFile(path);
  if (lock === null) throw new OpenError(`IO error: lock ${path}: Resource temporarily unavailable`);
  return lock;
}

function applyChanges(entries: Map<string, Buffer>, changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    if (value === null) entries.delete(key);
    else entries.set(key, value);
  }
}

function removeObsolete(path: string, kept: { manifest: number; log: number; tables: number[] }): void {
  const keep = new Set([
    manifestName(kept.manifest),
    logName(kept.log),
    ...kept.tables.map((number) => tableName(number)),
  ]);
  for (const name of fs.readdirSync(path)) {
    const ours = /^(\d{6,}\.(log|ldb)|MANIFEST-\d{6,})$/.test(name);
    if (ours && !keep.has(name)) fs.rmSync(`${path}/${name}`);
  }
}

function logFiles(path: string): number[] {
  return fs
    .readdirSync(path)
    .flatMap((name) => (/^\d{6,}\.log$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
}

function padded(number: number): string {
  return String(number).padStart(6, '0');
}

const logName = (number: number): string => `${padded(number)}.log`;
const tableName = (number: number): string => `${padded(number)}.ldb`;
const manifestName = (number: number): string => `MANIFEST-${padded(number)}`;
