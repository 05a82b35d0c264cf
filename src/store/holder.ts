/**
 * One bot a database. While it runs it holds a lock that the kernel takes away when its process ends, however that ends; and
 * every write to a journal looks whether another bot has come all the same, where locks do not hold: beside a lock file that
 * somebody removed, or over a network file system without locks.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';
import { readRow, rows, type Schema } from './schema.ts';

/** The bot that writes to a database. */
type Holder = Schema['holders'];

/** A bot that is being started again may still be ending. */
const waitMs = 3_000;

/**
 * Takes the lock of the database at `path`; answers how to give it up. AuroraError `bot-already-runs` names the process that has
 * it. It is SQLite's own lock (fcntl) on a file beside the database, so that others may go on reading that.
 */
export function lockOut(path: string): () => void {
  if (path === ':memory:') return () => undefined;
  const real = existsSync(path) ? realpathSync(path) : path;
  const lock = explained(real, () => new DatabaseSync(`${real}.lock`, { timeout: waitMs }));
  try {
    lock.exec('BEGIN IMMEDIATE');
    return () => {
      if (lock.isOpen) lock.close();
    };
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && /locked|busy/.test(error.message)))
      throw explainSystemError(aboutPath(error, `${real}.lock`)) ?? error;
    throw alreadyRuns(real, error);
  }
}

/**
 * Writes down who we are, in place of whoever was. Whoever was has ended, or may not write any more, so every lease is free: the
 * new one need not wait until it runs out.
 */
export async function takeOver(db: Kysely<Schema>, now: number): Promise<Holder> {
  const holder: Holder = { name: 'bot', token: randomUUID(), pid: process.pid, host: hostname(), since: now };
  await db.transaction().execute(async (trx) => {
    const before = await trx.selectFrom('holders').select('token').executeTakeFirst();
    await trx
      .insertInto('incarnations')
      .values({ id: holder.token, after: before?.token ?? null, host: holder.host, since: now })
      .execute();
    await trx
      .insertInto('holders')
      .values(holder)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(holder))
      .execute();
    await trx.updateTable('leases').set({ expires_at: 0 }).execute();
  });
  return holder;
}

/** AuroraError `database-taken-over` when another bot has come. */
export async function assertHolds(db: Kysely<Schema>, { token }: Holder): Promise<void> {
  const found = await db.selectFrom('holders').selectAll().executeTakeFirst();
  const is = found === undefined ? null : readRow('holders', rows.holders, found);
  if (is?.token === token) return;
  throw new AuroraError({
    code: 'database-taken-over',
    message: `Another bot${is === null ? '' : ` (process ${is.pid} on ${is.host})`} has taken over this bot's database.`,
    hint: 'Only one bot may use a database: stop one of the two.',
  });
}

function alreadyRuns(path: string, cause: unknown): AuroraError {
  const holder = explained(path, () => readHolder(path));
  const who =
    holder === null
      ? 'Another bot'
      : `Another bot, process ${holder.pid} on ${holder.host} since ${new Date(holder.since).toISOString()},`;
  return new AuroraError({
    code: 'bot-already-runs',
    message: `${who} has the database ${path}.`,
    hint: 'Stop that one first, or give this one a `state` of its own. Reading beside it (`record show`, `record export`) is fine.',
    cause,
  });
}

/** `null` when it has not come to write it down. */
function readHolder(path: string): Holder | null {
  const db = new DatabaseSync(path, { readOnly: true, timeout: waitMs });
  try {
    const found = rows.holders.safeParse(db.prepare('SELECT * FROM holders').get());
    return found.success ? found.data : null;
  } catch {
    // It is just being made.
    return null;
  } finally {
    db.close();
  }
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainSystemError(aboutPath(error, path)) ?? error;
  }
}
