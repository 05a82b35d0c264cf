/** What the watches keep, on SQL. What is not ours counts as not there: the watch starts again, and what holds is told once more. */
import type { Kysely } from 'kysely';
import type { WatchKeeper } from '../aurora/watch.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedWatch } from './keyed-rows.ts';
import { readRow, rows, type Schema } from './schema.ts';

export function watchesOn(db: Kysely<Schema>, key: JournalKey): WatchKeeper {
  return {
    loadWatch: async (cluster) => {
      const found = await db
        .selectFrom('watches')
        .selectAll()
        .where('cluster', '=', cluster)
        .executeTakeFirst();
      if (found === undefined) return null;
      const row = readRow('watches', rows.watches, found);
      return keyedWatch.isOurs(key, row) ? { text: row.body, version: row.version } : null;
    },
    saveWatch: async ({ cluster, text, version }) => {
      const values = keyedWatch.withMac(key, { cluster, body: text, version });
      await db
        .insertInto('watches')
        .values(values)
        .onConflict((conflict) => conflict.column('cluster').doUpdateSet(values))
        .execute();
    },
  };
}
