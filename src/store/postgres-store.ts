/** Everything that bots keep in one PostgreSQL database: as many bots as there are, and leases say which of them works. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Kysely } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import type { JournalKey } from './journal-key.ts';
import { bringUpToDate } from './migrations.ts';
import { type Opening, readerOn, type Store, type StoreReader, storeOn } from './parts.ts';
import { nameOfPlace, openPostgres, type PostgresPlace } from './postgres-dialect.ts';
import { isAlone, listenToOthers } from './postgres-others.ts';
import type { Schema } from './schema.ts';
import { isSealed, sealAll, sealEmptyOnce } from './seal.ts';

/**
 * Opens the database for one bot of several, and brings its tables up to date. `alone`: for work that no running bot may see.
 * AuroraError `database-away`, `database-refuses`, `bot-already-runs`, `store-migration`, and those of seal.ts.
 */
export async function openPostgresStore<E>(
  place: PostgresPlace,
  { alone = false, ...opening }: Opening<E> & { alone?: boolean },
): Promise<Store<E>> {
  const { key } = opening;
  const db = new Kysely<Schema>({ dialect: openPostgres(place) });
  try {
    const path = nameOfPlace(place);
    if (alone) await assertAlone(db, place);
    await bringUpToDate(db, path);
    await sealEmptyOnce(db, { path, key });
    const incarnation = await begin(db);
    const others = listenToOthers(db, { place, incarnation, key });
    return await storeOn(db, {
      ...opening,
      incarnation,
      others,
      // Leases say who may work, and rows are locked: there is no bot that the others would have to make way for.
      writer: { assertMayWrite: () => Promise.resolve(), announce: others.announce },
      close: async () => {
        await others.close();
        await db.destroy();
      },
    });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Opens it for reading alone. */
export async function openPostgresReader<E>(
  place: PostgresPlace,
  opening: Opening<E>,
): Promise<StoreReader<E>> {
  const db = new Kysely<Schema>({ dialect: openPostgres(place, { writes: false }) });
  try {
    const keyed = await isSealed(db, { path: nameOfPlace(place), key: opening.key });
    return readerOn(db, { ...opening, keyed });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** Goes over from one key to another. AuroraError `bot-already-runs`, and `journal-other-key` when it was not keyed with `from`. */
export async function rekeyPostgresStore(
  place: PostgresPlace,
  { from, to }: { from: JournalKey; to: JournalKey },
): Promise<void> {
  const db = new Kysely<Schema>({ dialect: openPostgres(place) });
  try {
    await assertAlone(db, place);
    await isSealed(db, { path: nameOfPlace(place), key: from });
    await sealAll(db, { from, key: to });
  } finally {
    await db.destroy();
  }
}

/** AuroraError `bot-already-runs`. */
export async function assertAlone(db: Kysely<Schema>, place: PostgresPlace): Promise<void> {
  if (await isAlone(db)) return;
  throw new AuroraError({
    code: 'bot-already-runs',
    message: `${nameOfPlace(place)} has a bot that runs.`,
    hint: 'Stop every bot on it first. Reading beside them (`record show`, `record export`) is fine.',
  });
}

/** Another start of a bot: hosts are shown it, and leases are its own. */
async function begin(db: Kysely<Schema>): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('incarnations')
    .values({ id, after: null, host: hostname(), since: Date.now() })
    .execute();
  return id;
}
