import type { Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** This process, as one that writes to the database. */
export interface Writer {
  /** In the transaction that writes. AuroraError `database-taken-over` on an engine with one bot a database. */
  assertMayWrite(trx: Transaction<Schema>): Promise<void>;
  /** In the transaction that adds to the journal of that restore: other bots hear of it once it is committed. */
  announce(trx: Transaction<Schema>, restoreId: string): Promise<void>;
}
