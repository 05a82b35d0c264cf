/**
 * What this agent accepted and how it ended. Promise: an operation is on disk before it acts and its end is on disk
 * before it is answered, so that a crash at any instant leaves a question that can be put to the host.
 *
 * SQLite (WAL, synchronous FULL: one fsync a commit, measured) rather than a text file, for two things we would
 * have to build: a torn last write is undone by itself, and the exclusive lock keeps a second agent away from the
 * same host, and goes with the process however it ends. Events are only ever added; the database refuses anything else.
 *
 * An operation may be accepted more than once (a later worker asks again with a higher fence), is started at most
 * once per life of the agent, and ends exactly once.
 */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';
import type { GrantPayload, LastGrant, OperationRequest, OperationResult } from '../aurora/operations.ts';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';
import { createBallast } from './files/ballast.ts';
import { lastNote, type PastOperation, pastOperations, readHistory } from './host-history.ts';
import { type JournalEntry, journalVersion, readJournalEntry } from './journal-event.ts';
import { type StoreMemory, storeMemoryOn, storeMemorySchema } from './store-memory.ts';

export interface OperationJournal extends StoreMemory {
  accept(request: OperationRequest, at: number): void;
  /** `note` is kept with it. */
  start(operationId: string, at: number, note?: object): void;
  /** Throws when it has ended before: an operation has one end. */
  finish(result: OperationResult, at: number): void;
  /** Throws AuroraError `journal-entry-unknown` for what another release has written in a form that this one cannot read. */
  find(operationId: string): JournalEntry | null;
  /** Ids of what was accepted and has not ended, oldest first. */
  listUnfinished(): readonly string[];
  /** Everything that came after the entry `seq`, oldest first. */
  listAfter(seq: number): readonly JournalRow[];
  /** 0 when nothing was ever accepted, or nothing since the last reset. */
  highestFence(): number;
  /** Of what was accepted last for a restore; `null` when nothing ever was. */
  lastGrant(): LastGrant | null;
  /** Random, of this very journal: another one has another, and takes no grant that names this one. */
  epoch(): string;
  /** It was begun by a release without epochs, and what that has taken is still in it: nothing of before can come back. */
  isOlderThanEpochs(): boolean;
  /** What has changed, or may have changed, this host so far, in the order in which it was done; since somebody accepted its state. */
  history(): readonly PastOperation[];
  /** Ids of restores that it knows: by an operation, or because somebody has accepted what they left. */
  knownRestores(): ReadonlySet<string>;
  /** From here on any fence is taken that is not far above the lowest. */
  resetFence(at: number): void;
  /** Somebody has looked at what these restores left here: the host may go on as it is. */
  acceptState(restoreIds: readonly string[], at: number): void;
  close(): void;
}

const eventSchema = z.enum(['accepted', 'started', 'ended']);

/** An entry as it stands there. */
export interface JournalRow {
  readonly seq: number;
  readonly at: number;
  readonly operationId: string;
  readonly event: 'accepted' | 'started' | 'ended';
  /** Not checked: an earlier release may have written it. */
  readonly body: unknown;
}

const schema = `
  CREATE TABLE IF NOT EXISTS operation_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    operation_id TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('accepted', 'started', 'ended')),
    fence INTEGER,
    body TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE INDEX IF NOT EXISTS operation_event_of ON operation_event (operation_id, seq);
  CREATE UNIQUE INDEX IF NOT EXISTS operation_ends_once ON operation_event (operation_id) WHERE event = 'ended';
  CREATE TRIGGER IF NOT EXISTS operation_event_stays BEFORE DELETE ON operation_event
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS operation_event_is_final BEFORE UPDATE ON operation_event
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TABLE IF NOT EXISTS host_note (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    note TEXT NOT NULL CHECK (note IN ('epoch', 'fence-reset', 'state-accepted')),
    after INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS host_has_one_epoch ON host_note (note) WHERE note = 'epoch';
  CREATE TRIGGER IF NOT EXISTS host_note_stays BEFORE DELETE ON host_note
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS host_note_is_final BEFORE UPDATE ON host_note
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
`;

/**
 * Opens or creates the journal; AuroraError `agent-already-runs` when another process has it, `disk-full` when it cannot be written
 * even with the ballast given up.
 */
export function openOperationJournal(path: string): OperationJournal {
  const ballast = createBallast(dirname(path));
  const db = explained(path, () => ballast.spend(() => open(path)));
  const insert = db.prepare(
    'INSERT INTO operation_event (at, operation_id, event, fence, body, version) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const eventsOf = db.prepare(
    'SELECT version, event, body FROM operation_event WHERE operation_id = ? ORDER BY seq',
  );
  const unfinished = db.prepare(
    `SELECT operation_id AS id FROM operation_event GROUP BY operation_id
     HAVING sum(event = 'ended') = 0 ORDER BY min(seq)`,
  );
  const after = db.prepare(
    `SELECT seq, at, operation_id, event, body FROM operation_event
     WHERE seq > max(?, ${lastNote('state-accepted')}) ORDER BY seq`,
  );
  const fence = db.prepare(
    `SELECT coalesce(max(fence), 0) AS fence FROM operation_event WHERE seq > ${lastNote('fence-reset')}`,
  );
  const past = db.prepare(pastOperations);
  const notes = db.prepare('SELECT body FROM host_note WHERE note = ?');
  const epochCameAfter = db.prepare("SELECT 1 FROM host_note WHERE note = 'epoch' AND after > 0");
  const restores = db.prepare(
    `SELECT DISTINCT json_extract(body, '$.grant.payload.restoreId') AS id FROM operation_event
     WHERE event = 'accepted' AND json_valid(body)`,
  );
  const addNote = db.prepare(
    `INSERT OR IGNORE INTO host_note (at, note, after, body)
     VALUES (?, ?, (SELECT coalesce(max(seq), 0) FROM operation_event), ?)`,
  );
  const last = db.prepare(
    `SELECT json_extract(body, '$.grant.payload') AS payload FROM operation_event WHERE event = 'accepted'
     AND json_extract(body, '$.grant.payload.restoreId') NOT LIKE 'errand-%' ORDER BY seq DESC LIMIT 1`,
  );
  const write = (...values: SQLInputValue[]): void =>
    explained(path, () => ballast.spend(() => void insert.run(...values)));
  const writeNote = (note: string, body: unknown, at: number): void =>
    explained(path, () => ballast.spend(() => void addNote.run(at, note, JSON.stringify(body))));
  const memory = storeMemoryOn(db, (work) => explained(path, () => ballast.spend(work)));
  const bodiesOf = (note: string): readonly unknown[] =>
    notes.all(note).map(({ body }): unknown => JSON.parse(String(body)));
  writeNote('epoch', randomBytes(16).toString('hex'), Date.now());

  return {
    ...memory,
    accept: (request, at) => {
      const { operationId, grant } = request;
      write(at, operationId, 'accepted', grant.payload.fence, JSON.stringify(request), journalVersion);
    },
    start: (operationId, at, note = {}) => {
      write(at, operationId, 'started', null, JSON.stringify(note), journalVersion);
    },
    finish: (result, at) => {
      write(at, result.operationId, 'ended', null, JSON.stringify(result), journalVersion);
    },
    find: (operationId) => readJournalEntry(operationId, eventsOf.all(operationId)),
    listUnfinished: () => unfinished.all().map(({ id }) => String(id)),
    listAfter: (seq) => after.all(seq).map(toRow),
    highestFence: () => Number(fence.get()?.['fence'] ?? 0),
    lastGrant: () => {
      const payload = last.get()?.['payload'];
      if (typeof payload !== 'string') return null;
      const { restoreId, fence, journal } = JSON.parse(payload) as GrantPayload;
      return { restoreId, fence, ...(journal === undefined ? {} : { journal }) };
    },
    epoch: () => String(bodiesOf('epoch')[0]),
    isOlderThanEpochs: () => epochCameAfter.get() !== undefined,
    history: () => readHistory(past.all()),
    knownRestores: () =>
      new Set([
        ...restores.all().map(({ id }) => String(id)),
        ...bodiesOf('state-accepted').flatMap((body) => z.array(z.string()).parse(body)),
      ]),
    resetFence: (at) => writeNote('fence-reset', null, at),
    acceptState: (restoreIds, at) => writeNote('state-accepted', restoreIds, at),
    close: () => db.close(),
  };
}

function toRow(row: Record<string, SQLOutputValue>): JournalRow {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    operationId: String(row['operation_id']),
    event: eventSchema.parse(row['event']),
    body: JSON.parse(String(row['body'])),
  };
}

/** What SQLite says, as a sentence with the path. */
function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainSystemError(aboutPath(error, path)) ?? error;
  }
}

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 2_000 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec(`BEGIN IMMEDIATE; ${schema} ${storeMemorySchema} COMMIT;`);
    if (!hasVersions(db))
      db.exec('ALTER TABLE operation_event ADD COLUMN version INTEGER NOT NULL DEFAULT 1');
    return db;
  } catch (error) {
    db.close();
    if (!(error instanceof Error && /locked|busy/.test(error.message))) throw error;
    throw new AuroraError({
      code: 'agent-already-runs',
      message: `Another agent of this host uses ${path}.`,
      hint: 'Stop the other one first: two agents on one host would act twice.',
      cause: error,
    });
  }
}

/** Journals of before entries had a version lack the column, and an older agent that comes back leaves it at its default. */
function hasVersions(db: DatabaseSync): boolean {
  return (
    db.prepare("SELECT 1 FROM pragma_table_info('operation_event') WHERE name = 'version'").all().length > 0
  );
}
