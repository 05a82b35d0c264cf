/** Leases on SQL: a write under one proves, in its own transaction, that it is still the writer's. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Lease, Leases } from '../aurora/journal.ts';
import { assertHolds, type Holder } from './holder.ts';
import { readRow, rows, type Schema } from './schema.ts';

export function leasesOn(db: Kysely<Schema>, holder: Holder): Leases {
  return {
    acquire: async ({ cluster, owner, ttlMs, now }) =>
      await db.transaction().execute(async (trx) => {
        await assertHolds(trx, holder);
        const row = await trx
          .selectFrom('leases')
          .selectAll()
          .where('cluster', '=', cluster)
          .executeTakeFirst();
        const held = row === undefined ? null : readRow('leases', rows.leases, row);
        if (held !== null && held.owner !== owner && held.expires_at > now) return null;
        const fence = (held?.fence ?? 0) + 1;
        const values = { cluster, owner, fence, expires_at: now + ttlMs };
        await trx
          .insertInto('leases')
          .values(values)
          .onConflict((conflict) => conflict.column('cluster').doUpdateSet(values))
          .execute();
        return { cluster, owner, fence };
      }),
    renew: async (lease, { ttlMs, now }) => {
      const result = await db
        .updateTable('leases')
        .set({ expires_at: now + ttlMs })
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
    .executeTakeFirst();
  if (row?.fence !== lease.fence) {
    throw new AuroraError({
      code: errorCodes.leaseLost,
      message: `Another worker has taken over \`${lease.cluster}\`.`,
      hint: 'It continues from the same journal; there is nothing to do.',
    });
  }
}
