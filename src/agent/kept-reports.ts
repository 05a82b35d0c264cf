/**
 * What decoding backups has told, kept across restarts: a cache of its own (`<state>/backups.sqlite`), for nothing here may cost the
 * journal of operations anything. Promise: whatever is wrong with this file or its disk costs another decoding and no more. A
 * database that is damaged, foreign, or of another form is put aside and begun anew; one that cannot be written keeps nothing.
 */
import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type BackupReport, backupReportSchema } from '../aurora/backups.ts';
import { messageOf } from '../aurora/errors.ts';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';
import { namesMax } from './files/pinned.ts';
import { makePrivate } from './private-file.ts';

/** Where the file lies is not kept: one with several names is decoded once. */
export type KeptReport = Omit<BackupReport, 'file'>;

/** By version of the file, as plain-file.ts has it. Nothing here throws. */
export interface KeptReports {
  /** `null` for what is not kept, or was found by another decoder. */
  find(version: string): KeptReport | null;
  keep(version: string, report: KeptReport, at: number): void;
  /** These files are there; what has been gone for long is forgotten. */
  noteSeen(versions: Iterable<string>, at: number): void;
  close(): void;
}

interface Parts {
  readonly path: string;
  /** Of the decoder: what another one has found is decoded again. */
  readonly decoderVersion: number;
  warn(fields: Record<string, unknown>, message: string): void;
  readonly rowsMax?: number;
}

/** `aubk`: SQLite's own place for whose file it is. */
const applicationId = 0x6175_626b;
const formVersion = 1;
/** A file that comes back within it, from a mount that was away, is known still. */
const goneMs = 7 * 86_400_000;
/** When a file was seen last is written down this often. */
const seenEveryMs = 3_600_000;

const schema = `
  CREATE TABLE report (
    version TEXT NOT NULL,
    decoder INTEGER NOT NULL,
    body TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (version, decoder)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX report_seen ON report (seen_at);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${formVersion};
`;

/** Opens or creates it. Without a database, nothing is found and nothing is kept; `warn` has why, once. */
export function openKeptReports({ path, decoderVersion, warn, rowsMax = namesMax }: Parts): KeptReports {
  const told = new Set<string>();
  const tell = (error: unknown, message: string): void => {
    const known = explainSystemError(aboutPath(error, path));
    const why = known?.message ?? messageOf(error);
    if (told.size < 20 && !told.has(why)) warn({ path, why }, message);
    told.add(why);
  };
  const begin = (): DatabaseSync | null => {
    try {
      return openOrBeginAnew(path, (error) => tell(error, 'what was known of backups is put aside'));
    } catch (error) {
      tell(error, 'what is found out about backups is not kept');
      return null;
    }
  };
  let db = begin();
  let rows = db === null ? 0 : countRows(db);
  let seenAt = Number.NEGATIVE_INFINITY;

  const attempt = <T>(work: (open: DatabaseSync) => T, otherwise: T): T => {
    if (db === null) return otherwise;
    try {
      return work(db);
    } catch (error) {
      if (!isDamage(error)) {
        tell(error, 'what is found out about backups is not kept');
        return otherwise;
      }
      db.close();
      putAside(path, (failed) => tell(failed, 'a damaged database cannot be put aside'));
      tell(error, 'what was known of backups is put aside');
      db = begin();
      rows = 0;
      return otherwise;
    }
  };
  const trim = (open: DatabaseSync): void => {
    open
      .prepare('DELETE FROM report WHERE version IN (SELECT version FROM report ORDER BY seen_at LIMIT ?)')
      .run(Math.max(0, rows - rowsMax));
    rows = countRows(open);
  };

  return {
    find: (version) =>
      attempt((open) => {
        const row = open
          .prepare('SELECT body FROM report WHERE version = ? AND decoder = ?')
          .get(version, decoderVersion);
        return row === undefined ? null : parseReport(String(row['body']));
      }, null),
    keep: (version, report, at) =>
      attempt((open) => {
        open
          .prepare('INSERT OR REPLACE INTO report (version, decoder, body, seen_at) VALUES (?, ?, ?, ?)')
          .run(version, decoderVersion, JSON.stringify(report), Math.trunc(at));
        rows += 1;
        // Whoever makes a new file each second must not fill the disk of the journal.
        if (rows > rowsMax + rowsMax / 10) trim(open);
      }, undefined),
    noteSeen: (versions, at) => {
      // A clock that was set back is gone by again.
      if (Math.abs(at - seenAt) < seenEveryMs) return;
      seenAt = at;
      attempt((open) => {
        const touch = open.prepare('UPDATE report SET seen_at = ? WHERE version = ?');
        open.exec('BEGIN');
        try {
          for (const version of versions) touch.run(Math.trunc(at), version);
          open.prepare('DELETE FROM report WHERE seen_at < ?').run(Math.trunc(at) - goneMs);
          open.exec('COMMIT');
        } catch (error) {
          if (open.isTransaction) open.exec('ROLLBACK');
          throw error;
        }
        rows = countRows(open);
        if (rows > rowsMax) trim(open);
      }, undefined);
    },
    close: () => {
      db?.close();
      db = null;
    },
  };
}

/** What cannot be read is decoded once more, and kept in its place then. */
function parseReport(body: string): KeptReport | null {
  try {
    const { file: _file, ...report } = backupReportSchema.parse({ ...JSON.parse(body), file: '' });
    return report;
  } catch {
    return null;
  }
}

function countRows(db: DatabaseSync): number {
  return Number(db.prepare('SELECT count(*) AS rows FROM report').get()?.['rows'] ?? 0);
}

function openOrBeginAnew(path: string, onDamage: (error: unknown) => void): DatabaseSync {
  try {
    return open(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    onDamage(error);
    putAside(path, (failed) => {
      throw failed;
    });
    return open(path);
  }
}

function open(path: string): DatabaseSync {
  makePrivate(path);
  const db = new DatabaseSync(path, { timeout: 1_000 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    if (db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined)
      db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    const [found] = db
      .prepare(
        'SELECT application_id AS id, user_version AS form FROM pragma_application_id, pragma_user_version',
      )
      .all();
    if (found?.['id'] !== applicationId || found['form'] !== formVersion) throw new OtherForm();
    const checked = db.prepare('PRAGMA quick_check(1)').get();
    if (checked?.['quick_check'] !== 'ok') throw new OtherForm();
    // Of another form in spite of what it says.
    countRows(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

class OtherForm extends Error {
  constructor() {
    super('it is damaged, of another version, or of another program');
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html), and SQLITE_ERROR: no such table, or column. */
function isDamage(error: unknown): boolean {
  if (error instanceof OtherForm) return true;
  return error instanceof Error && 'errcode' in error && [1, 11, 26].includes(Number(error.errcode) & 0xff);
}

/** In place of what was put aside before: one is enough to look at. */
function putAside(path: string, onFailure: (error: unknown) => void): void {
  try {
    for (const part of ['', '-wal', '-shm'])
      if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${path}.aside${part}`);
  } catch (error) {
    onFailure(error);
  }
}
