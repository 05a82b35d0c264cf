/** Everything that a bot keeps, and its default place: one SQLite file for one bot. */
import { existsSync } from 'node:fs';
import { Kysely } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import { assertHolds, lockOut, takeOver } from './holder.ts';
import type { JournalKey } from './journal-key.ts';
import { bringUpToDate } from './migrations.ts';
import { type Opening, readerOn, type Store, type StoreReader, storeOn } from './parts.ts';
import type { Schema } from './schema.ts';
import { isSealed, sealAll, sealOnce } from './seal.ts';
import { openSqlite } from './sqlite-dialect.ts';

export type { Store, StoreReader } from './parts.ts';

/**
 * Opens the embedded store at `path` for the one bot that writes to it, brings its schema up to date and seals what was written
 * before there was a key. AuroraError `bot-already-runs`, `store-migration`, and those of seal.ts.
 */
export async function openSqliteStore<E>(path: string, opening: Opening<E>): Promise<Store<E>> {
  const unlock = lockOut(path);
  try {
    const db = new Kysely<Schema>({ dialect: openSqlite(path) });
    try {
      await bringUpToDate(db, path);
      await sealOnce(db, { path, key: opening.key });
      const holder = await takeOver(db, Date.now());
      return await storeOn(db, {
        ...opening,
        incarnation: holder.token,
        others: null,
        writer: {
          assertMayWrite: async (trx) => await assertHolds(trx, holder),
          announce: () => Promise.resolve(),
        },
        close: async () => {
          await db.destroy();
          unlock();
        },
      });
    } catch (error) {
      await db.destroy();
      throw error;
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Opens it for reading alone, beside a running bot or without one. AuroraError `store-missing`, and those of seal.ts. */
export async function openSqliteReader<E>(path: string, opening: Opening<E>): Promise<StoreReader<E>> {
  if (!existsSync(path))
    throw new AuroraError({
      code: 'store-missing',
      message: `There is no database ${path}.`,
      hint: 'Is `state` the directory of the bot? It makes one at its first start.',
    });
  const db = new Kysely<Schema>({ dialect: openSqlite(path, { writes: false }) });
  try {
    return readerOn(db, { ...opening, keyed: await isSealed(db, { path, key: opening.key }) });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * Goes over from one key to another, while no bot runs; what is broken stays broken. AuroraError `bot-already-runs`, and
 * `journal-other-key` when it was not keyed with `from`.
 */
export async function rekeySqliteStore(
  path: string,
  { from, to }: { from: JournalKey; to: JournalKey },
): Promise<void> {
  const store = await openSqliteStore(path, { form: { version: 1, parse: (stored) => stored }, key: from });
  await store.close();
  const unlock = lockOut(path);
  const db = new Kysely<Schema>({ dialect: openSqlite(path) });
  try {
    await sealAll(db, { from, key: to });
  } finally {
    await db.destroy();
    unlock();
  }
}
