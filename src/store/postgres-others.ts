/**
 * Bots on one PostgreSQL wake each other by LISTEN and NOTIFY, over a connection of its own that is opened anew when it is lost. As
 * long as it is not there, everybody is told again and again to look for themselves.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { Client } from 'pg';
import { z } from 'zod';
import type { OtherBots } from '../aurora/other-bots.ts';
import type { JournalKey } from './journal-key.ts';
import { connectionTo, type PostgresPlace } from './postgres-dialect.ts';
import type { Schema } from './schema.ts';

const channel = 'aurora_chatops';
/** Every bot holds this advisory lock with the others: its number is the first bytes of sha256 of the channel's name. */
const presence = 0x3e4021;
/** Between two looks whether the connection still answers. */
const lookMs = 5_000;
const againMs = 1_000;
/** Of a payload's 8,000 bytes (NOTIFY of PostgreSQL's manual). */
const textMax = 1_000;

/** Anybody who may connect may send one: an append is a reason to look and no more, and words for people carry a MAC. */
const noteSchema = z.object({
  by: z.string(),
  restoreId: z.string(),
  progress: z.object({ text: z.string().nullable(), mac: z.string() }).optional(),
});

type Note = z.infer<typeof noteSchema>;

interface Opened extends OtherBots {
  /** In the transaction that appends: sent when that is committed. */
  announce(db: Kysely<Schema>, restoreId: string): Promise<void>;
  close(): Promise<void>;
}

export function listenToOthers(
  db: Kysely<Schema>,
  { place, incarnation, key }: { place: PostgresPlace; incarnation: string; key: JournalKey },
): Opened {
  const appended = new Set<(restoreId: string | null) => void>();
  const progressed = new Set<(restoreId: string, text: string | null) => void>();
  const stopping = new AbortController();
  const lookAtAll = () => {
    for (const listener of appended) listener(null);
  };
  const hear = (payload: string) => {
    const note = readNote(payload);
    if (note === null || note.by === incarnation) return;
    const { restoreId, progress } = note;
    if (progress === undefined) for (const listener of appended) listener(restoreId);
    else if (key.holds('progress', fieldsOf(note.by, restoreId, progress.text), progress.mac))
      for (const listener of progressed) listener(restoreId, progress.text);
  };
  const send = async (to: Kysely<Schema>, note: Omit<Note, 'by'>) => {
    await sql`SELECT pg_notify(${channel}, ${JSON.stringify({ by: incarnation, ...note })})`.execute(to);
  };
  const listening = (async () => {
    while (!stopping.signal.aborted) {
      await listen(place, { hear, ready: lookAtAll, signal: stopping.signal }).catch(() => undefined);
      await pause(againMs, null, { signal: stopping.signal }).catch(() => undefined);
      if (!stopping.signal.aborted) lookAtAll();
    }
  })();
  return {
    onAppended: (listener) => follow(appended, listener),
    onProgress: (listener) => follow(progressed, listener),
    tellProgress: (restoreId, given) => {
      const text = given?.slice(0, textMax) ?? null;
      const mac = key.mac('progress', fieldsOf(incarnation, restoreId, text));
      void send(db, { restoreId, progress: { text, mac } }).catch(() => undefined);
    },
    announce: async (trx, restoreId) => await send(trx, { restoreId }),
    close: async () => {
      stopping.abort();
      await listening;
    },
  };
}

/** Whether no bot listens. One that is just lost counts for as long as the server has not noticed. */
export async function isAlone(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql<{
    free: boolean;
  }>`SELECT pg_try_advisory_xact_lock(${presence}) AS free`.execute(db);
  return rows[0]?.free === true;
}

/** Until the connection is lost or `signal` says so; throws when it is lost. */
async function listen(
  place: PostgresPlace,
  { hear, ready, signal }: { hear: (payload: string) => void; ready: () => void; signal: AbortSignal },
): Promise<void> {
  const client = new Client(connectionTo(place));
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  try {
    await client.connect();
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    await client.query(`LISTEN ${channel}`);
    await client.query('SELECT pg_advisory_lock_shared($1)', [presence]);
    // What came before it.
    ready();
    const over = AbortSignal.any([lost.signal, signal]);
    while (!over.aborted) {
      await pause(lookMs, null, { signal: over }).catch(() => undefined);
      if (!over.aborted) await client.query('SELECT 1');
    }
  } finally {
    await end(client, lost.signal);
  }
}

/** One that answers nothing is not waited for. */
async function end(client: Client, lost: AbortSignal): Promise<void> {
  if (lost.aborted) return;
  const ended = client.end().catch(() => undefined);
  await Promise.race([ended, once(lost, 'abort'), pause(againMs, null, { ref: false })]);
}

function follow<F>(listeners: Set<F>, listener: F): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function fieldsOf(by: string, restoreId: string, text: string | null): readonly string[] {
  return [by, restoreId, text === null ? 'none' : `text ${text}`];
}

function readNote(payload: string): Note | null {
  try {
    return noteSchema.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}
