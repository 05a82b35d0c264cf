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
import { DatabaseSync } from 'node:sqlite';
import { AuroraError } from '../aurora/errors.ts';
import type { OperationRequest, OperationResult } from '../aurora/operations.ts';

export interface JournalEntry {
  /** As it was last accepted, with the grant that allowed it. */
  readonly request: OperationRequest;
  /** It was about to act: from here on only the host can tell how far it came. */
  readonly started: boolean;
  readonly result: OperationResult | null;
}

export interface OperationJournal {
  accept(request: OperationRequest, at: number): void;
  start(operationId: string, at: number): void;
  /** Throws when it has ended before: an operation has one end. */
  finish(result: OperationResult, at: number): void;
  find(operationId: string): JournalEntry | null;
  /** Accepted and not ended, oldest first. */
  listUnfinished(): readonly JournalEntry[];
  /** 0 when nothing was ever accepted. */
  highestFence(): number;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS operation_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    operation_id TEXT NOT NULL,
    event TEXT NOT NULL CHECK (event IN ('accepted', 'started', 'ended')),
    fence INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS operation_event_of ON operation_event (operation_id, seq);
  CREATE UNIQUE INDEX IF NOT EXISTS operation_ends_once ON operation_event (operation_id) WHERE event = 'ended';
  CREATE TRIGGER IF NOT EXISTS operation_event_stays BEFORE DELETE ON operation_event
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS operation_event_is_final BEFORE UPDATE ON operation_event
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
`;

/** Opens or creates the journal; AuroraError `agent-already-runs` when another process has it. */
export function openOperationJournal(path: string): OperationJournal {
  const db = open(path);
  const insert = db.prepare(
    'INSERT INTO operation_event (at, operation_id, event, fence, body) VALUES (?, ?, ?, ?, ?)',
  );
  const eventsOf = db.prepare('SELECT event, body FROM operation_event WHERE operation_id = ? ORDER BY seq');
  const unfinished = db.prepare(
    `SELECT operation_id AS id FROM operation_event GROUP BY operation_id
     HAVING sum(event = 'ended') = 0 ORDER BY min(seq)`,
  );
  const fence = db.prepare('SELECT coalesce(max(fence), 0) AS fence FROM operation_event');

  const find = (operationId: string): JournalEntry | null => {
    let request: OperationRequest | null = null;
    let started = false;
    let result: OperationResult | null = null;
    for (const { event, body } of eventsOf.all(operationId)) {
      const value: unknown = JSON.parse(String(body));
      // Our own writing, behind the exclusive lock: the shapes are those of accept() and finish() below.
      if (event === 'accepted') request = value as OperationRequest;
      if (event === 'started') started = true;
      if (event === 'ended') result = value as OperationResult;
    }
    return request === null ? null : { request, started, result };
  };

  return {
    accept: (request, at) => {
      const { operationId, grant } = request;
      insert.run(at, operationId, 'accepted', grant.payload.fence, JSON.stringify(request));
    },
    start: (operationId, at) => {
      insert.run(at, operationId, 'started', null, '{}');
    },
    finish: (result, at) => {
      insert.run(at, result.operationId, 'ended', null, JSON.stringify(result));
    },
    find,
    listUnfinished: () => unfinished.all().flatMap(({ id }) => find(String(id)) ?? []),
    highestFence: () => Number(fence.get()?.['fence'] ?? 0),
    close: () => db.close(),
  };
}

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: 2_000 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
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
