/** Everything that a bot keeps, in one SQLite file. */
import { existsSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { AuroraError } from '../aurora/errors.ts';
import type { FleetHistory } from '../aurora/fleet.ts';
import type { Documents, Journal, Leases, PackedDocuments } from '../aurora/journal.ts';
import type { Inbox, PostLedger } from '../aurora/outbox.ts';
import type { StoreIdentity } from '../aurora/store-identity.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { explainSystemError } from '../aurora/system-errors.ts';
import type { WatchKeeper } from '../aurora/watch.ts';
import { Chains } from './chains.ts';
import { listRemoved, packedDocumentsOn, type RemovedDocument } from './documents.ts';
import { lockOut, takeOver } from './holder.ts';
import { identityOn } from './identity.ts';
import { journalOn } from './journal.ts';
import type { JournalKey } from './journal-key.ts';
import { leasesOn, passFence } from './leases.ts';
import { ledgerOn } from './ledger.ts';
import { documentsOver } from './packing.ts';
import { ParsedEvents } from './parsed-events.ts';
import { type ReadJournal, readingOn } from './read-journal.ts';
import { migrations, type Schema } from './schema.ts';
import { isSealed, sealAll, sealOnce } from './seal.ts';
import { seenBackupsOn } from './seen-backups.ts';
import { openSqlite } from './sqlite-dialect.ts';
import { type Tidied, tidy } from './tidy.ts';
import { watchesOn } from './watches.ts';

export interface Store<E>
  extends Journal<E>,
    Leases,
    Documents,
    PackedDocuments,
    PostLedger,
    Inbox,
    FleetHistory,
    WatchKeeper {
  /** Restores are named after this number from now on; for a database that takes the place of a lost one. */
  passNames(upTo: number): Promise<void>;
  /** Leases of this cluster have higher fencing tokens than this from now on; for the same case. */
  passFence(cluster: string, upTo: number): Promise<void>;
  readonly identity: StoreIdentity;
  /** Takes away what nobody needs any more, as tidy.ts says. */
  tidy(at: { now: number; keepDocumentsMs: number }): Promise<Tidied>;
  close(): Promise<void>;
}

/** Where a journal is read beside the bot that writes it. */
export interface StoreReader<E> extends ReadJournal<E> {
  /** False: no bot of this version has been started on it, and hashes alone were followed. */
  readonly keyed: boolean;
  /** The documents of a restore that the rule for old ones has removed, by name. */
  listRemoved(restoreId: string): Promise<readonly RemovedDocument[]>;
  close(): Promise<void>;
}

interface Opening<E> {
  /** Events are read back in it. */
  readonly form: StoredForm<E>;
  readonly key: JournalKey;
  /** How long it is remembered that a backup was there. */
  readonly keepHistoryMs?: number;
}

const yearAndAMonthMs = 400 * 86_400_000;

/**
 * Opens the embedded store at `path` for the one bot that writes to it, brings its schema up to date and seals what was written
 * before there was a key. AuroraError `bot-already-runs`, `store-migration`, and those of seal.ts.
 */
export async function openSqliteStore<E>(
  path: string,
  { form, key, keepHistoryMs = yearAndAMonthMs }: Opening<E>,
): Promise<Store<E>> {
  const unlock = lockOut(path);
  try {
    const db = new Kysely<Schema>({ dialect: openSqlite(path) });
    try {
      await bringUpToDate(db, path);
      await sealOnce(db, { path, key });
      const holder = await takeOver(db, Date.now());
      const chains = new Chains(key);
      const packed = packedDocumentsOn(db, key);
      return {
        ...journalOn(db, { form, key, holder, chains }),
        ...leasesOn(db, holder),
        ...packed,
        ...documentsOver(packed),
        passFence: async (cluster, upTo) => await passFence(db, { cluster, upTo }),
        identity: await identityOn(db, holder),
        ...ledgerOn(db, key),
        ...seenBackupsOn(db, { keepMs: keepHistoryMs }),
        ...watchesOn(db, key),
        passNames: async (value) => {
          await db
            .insertInto('counters')
            .values({ name: 'restore', value })
            .onConflict((conflict) =>
              conflict.column('name').doUpdateSet({
                value: sql`CASE WHEN counters.value > ${value} THEN counters.value ELSE ${value} END`,
              }),
            )
            .execute();
        },
        tidy: async (at) => await tidy(db, { key, chains, ...at }),
        close: async () => {
          await db.destroy();
          unlock();
        },
      };
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
export async function openSqliteReader<E>(path: string, { form, key }: Opening<E>): Promise<StoreReader<E>> {
  if (!existsSync(path))
    throw new AuroraError({
      code: 'store-missing',
      message: `There is no database ${path}.`,
      hint: 'Is `state` the directory of the bot? It makes one at its first start.',
    });
  const db = new Kysely<Schema>({ dialect: openSqlite(path, { writes: false }) });
  try {
    const keyed = await isSealed(db, { path, key });
    const chains = new Chains(keyed ? key : null);
    const events = new ParsedEvents(form);
    return {
      ...readingOn(db, { chains, events }),
      listRemoved: async (restoreId) => await listRemoved(db, { key, restoreId }),
      keyed,
      close: () => db.destroy(),
    };
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

async function bringUpToDate(db: Kysely<Schema>, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const known = explainSystemError(error);
  if (known !== null) throw known;
  throw new AuroraError({
    code: 'store-migration',
    message: `The database ${path} could not be brought up to date.`,
    hint: 'Was it written by a newer version? Start that one, or restore the file from its copy.',
    cause: error,
  });
}
