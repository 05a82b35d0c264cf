/** What tells this database from another one, and this start of the bot from those before. */
import type { Kysely } from 'kysely';
import type { StoreIdentity } from '../aurora/store-identity.ts';
import { readRow, rows, type Schema } from './schema.ts';

export async function identityOn(db: Kysely<Schema>, incarnation: string): Promise<StoreIdentity> {
  const row = await db.selectFrom('stores').selectAll().executeTakeFirst();
  const { epoch } = readRow('stores', rows.stores, row);
  return {
    epoch,
    incarnation,
    hasBeen: async (earlier) =>
      (await db.selectFrom('incarnations').select('id').where('id', '=', earlier).executeTakeFirst()) !==
      undefined,
  };
}
