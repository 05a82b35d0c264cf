/** Leases on SQL: a write under one proves, in its own transaction, that it is still the writer's. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Lease, Leases } from '../aurora/journal.ts';
import { isPostgres } from './engines.ts';
import { readRow, rows, type Schema } from './schema.ts';
import type { Writer } from './writer.ts';

/**
 * On PostgreSQL, where several bots ask, a lease runs by the clock of the database: theirs need not agree, and `now` counts for
 * nothing.
 */
export function leasesOn(db: Kysely<Schema>, writer: Writer): Leases {
  const instant = (now: number) =>
    isPostgres(db)
      ? sql<number>`floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
      : sql<number>`CAST(${now} AS integer)`;
  return {
    acquire: async ({ cluster, owner, ttlMs, now }) =>
      await db.transaction().execute(async (trx) => {
        await writer.assertMayWrite(trx);
        // So that there is a row to lock: of two that ask at once the second one sees what the first one got.
        await trx
          .insertInto('leases')
          .values({ cluster, owner: '', fence: 0, expires_at: 0 })
          .onConflict((conflict) => conflict.column('cluster').doNothing())
          .execute();
        const row = await trx
          .selectFrom('leases')
          .selectAll()
          .select(instant(now).as('now'))
          .where('cluster', '=', cluster)
          .$if(isPostgres(trx), (query) => query.forUpdate())
          .executeTakeFirst();
        const held = readRow('leases', rows.leases.extend({ now: z.int() }), row);
        if (held.owner !== owner && held.expires_at > held.now) return null;
        const fence = held.fence + 1;
        await trx
          .updateTable('leases')
          .set({ owner, fence, expires_at: held.now + ttlMs })
          .where('cluster', '=', cluster)
          .execute();
        return { cluster, owner, fence };
      }),
    renew: async (lease, { ttlMs, now }) => {
      const result = await db
        .updateTable('leases')
        .set({ expires_at: sql`${instant(now)} + ${ttlMs}` })
        .where('cluster', '=', lease.cluster)
        .where('fence', '=', lease.fence)
        .executeTakeFirst();
      return Number(result.numUpdatedRows) === 1;
    },
    release: async (lease) => {
      await db
        .updateTable('leases')
        .set({ expires_at: 0 })
        .where('cluster', '=', lease.cluster)
        .where('fence', '=', lease.fence)
        .execute();
    },
  };
}

/** Nobody holds the lease while the bot is stopped, which is when this is called; a higher fence stays as it is. */
export async function passFence(
  db: Kysely<Schema>,
  { cluster, upTo }: { cluster: string; upTo: number },
): Promise<void> {
  await db
    .insertInto('leases')
    .values({ cluster, owner: 'adopted', fence: upTo, expires_at: 0 })
    .onConflict((conflict) =>
      conflict.column('cluster').doUpdateSet({
        fence: sql`CASE WHEN leases.fence > ${upTo} THEN leases.fence ELSE ${upTo} END`,
      }),
    )
    .execute();
}

/** AuroraError `lease-lost` when somebody else has it now. */
export async function assertHeld(trx: Transaction<Schema>, lease: Lease): Promise<void> {
  const row = await trx
    .selectFrom('leases')
    .select('fence')
    .where('cluster', '=', lease.cluster)
    // Whoever takes over waits until what is written under it is there.
    .$if(isPostgres(trx), (query) => query.forShare())
    .executeTakeFirst();
  if (row?.fence !== lease.fence) {
    throw new AuroraError({
      code: errorCodes.leaseLost,
      message: `Another worker has taken over \`${lease.cluster}\`.`,
      hint: 'It continues from the same journal; there is nothing to do.',
    });
  }
}
