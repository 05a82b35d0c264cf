/** The two engines, and what one of them needs that the other one has by itself: SQLite has a single writer, PostgreSQL many. */
import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Any database or transaction, whatever is known of its tables. */
type Database = Pick<Kysely<Schema>, 'getExecutor'>;

export function isPostgres(db: Database): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Whoever asks for the same name waits until this transaction has ended. Nothing on SQLite, where every transaction does so. */
export async function oneAtATime(trx: Kysely<Schema>, name: string): Promise<void> {
  if (isPostgres(trx)) await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx);
}

/** A text column of SQLite takes bytes as they are; PostgreSQL's column is of bytes, and takes no text but as bytes. */
export function toBody(db: Database, body: string | Uint8Array): string | Uint8Array {
  return typeof body === 'string' && isPostgres(db) ? Buffer.from(body, 'utf8') : body;
}

/** What `toBody` has put there. */
export function fromBody<R extends { encoding: string; body: string | Uint8Array }>(row: R): R {
  const { encoding, body } = row;
  return encoding === 'text' && typeof body !== 'string'
    ? { ...row, body: Buffer.from(body).toString('utf8') }
    : row;
}
