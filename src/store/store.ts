/**
 * Journal, leases, documents and the outbox's ledger on SQL. Promises: an append is one transaction; sequences have
 * no gaps; every record is chained to the one before it by hash; a write under a lease proves in the same
 * transaction that the lease is still the writer's.
 */
import { createHash } from 'node:crypto';
import { Kysely, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import type { Documents, Journal, Lease, Leases, Recorded } from '../aurora/journal.ts';
import { canonicalJson } from '../aurora/operations.ts';
import type { Inbox, PostLedger } from '../aurora/outbox.ts';
import { migrations, type Schema } from './schema.ts';
import { openSqlite } from './sqlite-dialect.ts';

export interface Store<E> extends Journal<E>, Leases, Documents, PostLedger, Inbox {
  close(): Promise<void>;
}

/** Opens the embedded store at `path`, brings its schema up to date; AuroraError `store-migration` when that fails. */
export async function openSqliteStore<E extends { readonly type: string }>(path: string): Promise<Store<E>> {
  const db = new Kysely<Schema>({ dialect: openSqlite(path) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw new AuroraError({
      code: 'store-migration',
      message: `The database ${path} could not be brought up to date.`,
      hint: 'Was it written by a newer version? Start that one, or restore the file from its copy.',
      cause: error,
    });
  }
  return createStore<E>(db);
}

function createStore<E extends { readonly type: string }>(db: Kysely<Schema>): Store<E> {
  const listeners = new Set<(restoreId: string) => void>();
  const tell = (restoreId: string): void => {
    for (const listener of listeners) listener(restoreId);
  };
  return {
    ...leasesOn(db),
    ...documentsOn(db),
    ...ledgerOn(db),
    open: async ({ restoreId, cluster, at, event }) => {
      const records = await db.transaction().execute(async (trx) => {
        const busy = await trx
          .selectFrom('restores')
          .select('restore_id')
          .where('cluster', '=', cluster)
          .where('open', '=', 1)
          .executeTakeFirst();
        if (busy !== undefined) throw clusterBusy(cluster, busy.restore_id);
        await trx
          .insertInto('restores')
          .values({ restore_id: restoreId, cluster, open: 1, created_at: at })
          .execute();
        return await insertEvents<E>(trx, { restoreId, at, events: [event], last: null });
      });
      tell(restoreId);
      return records;
    },
    append: async ({ restoreId, expectedSeq, at, events, lease, ends }) => {
      const records = await db.transaction().execute(async (trx) => {
        if (lease !== undefined) await assertHeld(trx, lease);
        const last = await trx
          .selectFrom('events')
          .select(['seq', 'hash'])
          .where('restore_id', '=', restoreId)
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (last === undefined || last.seq !== expectedSeq) throw journalMoved(restoreId);
        const inserted = await insertEvents<E>(trx, { restoreId, at, events, last });
        if (ends === true)
          await trx.updateTable('restores').set({ open: 0 }).where('restore_id', '=', restoreId).execute();
        return inserted;
      });
      tell(restoreId);
      return records;
    },
    read: async (restoreId, afterSeq = 0) => {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({
        restoreId,
        seq: row.seq,
        at: Number(row.at),
        event: JSON.parse(row.body) as E,
        hash: row.hash,
      }));
    },
    listRestores: async ({ open, cluster }) => {
      let query = db.selectFrom('restores').selectAll().orderBy('created_at');
      if (open !== undefined) query = query.where('open', '=', open ? 1 : 0);
      if (cluster !== undefined) query = query.where('cluster', '=', cluster);
      return (await query.execute()).map((row) => ({
        restoreId: row.restore_id,
        cluster: row.cluster,
        open: row.open === 1,
      }));
    },
    nextRestoreId: async () => {
      const row = await db
        .insertInto('counters')
        .values({ name: 'restore', value: 1 })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql`counters.value + 1` }))
        .returning('value')
        .executeTakeFirstOrThrow();
      return `R${row.value}`;
    },
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => db.destroy(),
  };
}

/** Hash of a record: over the hash before it and everything in it. Also what `record verify` recomputes. */
export function chainHash(
  previous: string,
  record: { restoreId: string; seq: number; at: number; event: unknown },
): string {
  return createHash('sha256').update(previous).update(canonicalJson(record)).digest('hex');
}

async function insertEvents<E>(
  trx: Transaction<Schema>,
  entry: { restoreId: string; at: number; events: readonly E[]; last: { seq: number; hash: string } | null },
): Promise<Recorded<E>[]> {
  const { restoreId, at } = entry;
  const records: Recorded<E>[] = [];
  let { seq, hash } = entry.last ?? { seq: 0, hash: '' };
  for (const event of entry.events) {
    seq += 1;
    hash = chainHash(hash, { restoreId, seq, at, event });
    await trx
      .insertInto('events')
      .values({ restore_id: restoreId, seq, at, body: canonicalJson(event), hash })
      .execute();
    records.push({ restoreId, seq, at, event, hash });
  }
  return records;
}

async function assertHeld(trx: Transaction<Schema>, lease: Lease): Promise<void> {
  const row = await trx
    .selectFrom('leases')
    .select('fence')
    .where('cluster', '=', lease.cluster)
    .executeTakeFirst();
  if (row?.fence !== lease.fence) {
    throw new AuroraError({
      code: errorCodes.leaseLost,
      message: `Another worker has taken over \`${lease.cluster}\`.`,
      hint: 'It goes on from the same journal; nothing has to be done.',
    });
  }
}

function leasesOn(db: Kysely<Schema>): Leases {
  return {
    acquire: async ({ cluster, owner, ttlMs, now }) =>
      await db.transaction().execute(async (trx) => {
        const row = await trx
          .selectFrom('leases')
          .selectAll()
          .where('cluster', '=', cluster)
          .executeTakeFirst();
        if (row !== undefined && row.owner !== owner && Number(row.expires_at) > now) return null;
        const fence = (row?.fence ?? 0) + 1;
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

function documentsOn(db: Kysely<Schema>): Documents {
  return {
    save: async ({ restoreId, name, text }) => {
      const sha256 = createHash('sha256').update(text).digest('hex');
      const values = { restore_id: restoreId, name, body: text, sha256 };
      await db
        .insertInto('documents')
        .values(values)
        .onConflict((conflict) => conflict.columns(['restore_id', 'name']).doUpdateSet(values))
        .execute();
      return { sha256, bytes: Buffer.byteLength(text) };
    },
    load: async (restoreId, name) => {
      const row = await db
        .selectFrom('documents')
        .select('body')
        .where('restore_id', '=', restoreId)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.body ?? null;
    },
  };
}

function ledgerOn(db: Kysely<Schema>): PostLedger & Inbox {
  const toPost = (row: Schema['posts']) => ({
    key: row.key,
    restoreId: row.restore_id,
    channel: row.channel,
    ts: row.ts,
    contentSha256: row.content_sha256,
  });
  return {
    findPost: async (key) => {
      const row = await db.selectFrom('posts').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : toPost(row);
    },
    savePost: async (post) => {
      const values = {
        key: post.key,
        restore_id: post.restoreId,
        channel: post.channel,
        ts: post.ts,
        content_sha256: post.contentSha256,
      };
      await db
        .insertInto('posts')
        .values(values)
        .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
        .execute();
    },
    readCursor: async (restoreId) =>
      (await db.selectFrom('cursors').select('seq').where('restore_id', '=', restoreId).executeTakeFirst())
        ?.seq ?? 0,
    moveCursor: async (restoreId, seq) => {
      const values = { restore_id: restoreId, seq };
      await db
        .insertInto('cursors')
        .values(values)
        .onConflict((conflict) => conflict.column('restore_id').doUpdateSet(values))
        .execute();
    },
    claim: async (key, at) => {
      const result = await db
        .insertInto('inbox')
        .values({ key, at })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst();
      return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
    },
  };
}

function clusterBusy(cluster: string, restoreId: string): AuroraError {
  return new AuroraError({
    code: errorCodes.clusterBusy,
    message: `\`${cluster}\` has a restore already: ${restoreId}.`,
    hint: `One at a time: look at it with \`/aurora status ${cluster}\`.`,
  });
}

function journalMoved(restoreId: string): AuroraError {
  return new AuroraError({
    code: errorCodes.journalMoved,
    message: `The journal of ${restoreId} has moved on.`,
    hint: 'Read it again and decide again.',
  });
}
