/** Everything that a bot keeps, in one SQLite file. */
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { AuroraError } from '../aurora/errors.ts';
import type { Documents, Journal, Leases } from '../aurora/journal.ts';
import type { Inbox, PostLedger } from '../aurora/outbox.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { explainSystemError } from '../aurora/system-errors.ts';
import { documentsOn } from './documents.ts';
import { journalOn } from './journal.ts';
import { leasesOn } from './leases.ts';
import { ledgerOn } from './ledger.ts';
import { migrations, type Schema } from './schema.ts';
import { openSqlite } from './sqlite-dialect.ts';

export interface Store<E> extends Journal<E>, Leases, Documents, PostLedger, Inbox {
  close(): Promise<void>;
}

/**
 * Opens the embedded store at `path`, brings its schema up to date; AuroraError `store-migration` when that fails. Events are
 * read back in `form`.
 */
export async function openSqliteStore<E>(path: string, form: StoredForm<E>): Promise<Store<E>> {
  const db = new Kysely<Schema>({ dialect: openSqlite(path) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    const known = explainSystemError(error);
    if (known !== null) throw known;
    throw new AuroraError({
      code: 'store-migration',
      message: `The database ${path} could not be brought up to date.`,
      hint: 'Was it written by a newer version? Start that one, or restore the file from its copy.',
      cause: error,
    });
  }
  return {
    ...journalOn(db, form),
    ...leasesOn(db),
    ...documentsOn(db),
    ...ledgerOn(db),
    close: () => db.destroy(),
  };
}
