/**
 * The outbox's ledger and the inbox on SQL. What in the ledger is not ours counts as not there: a message is looked for in
 * Slack then, and its buttons count for nothing; nothing that people must hear is passed over.
 */
import { type Kysely, sql } from 'kysely';
import type { Inbox, PostLedger } from '../aurora/outbox.ts';
import { isPostgres } from './engines.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedCursor, keyedPost } from './keyed-rows.ts';
import { readRow, rows, type Schema } from './schema.ts';

export function ledgerOn(db: Kysely<Schema>, key: JournalKey): PostLedger & Inbox {
  const toPost = (found: unknown) => {
    const row = readRow('posts', rows.posts, found);
    if (!keyedPost.isOurs(key, row)) return null;
    return {
      key: row.key,
      restoreId: row.restore_id,
      channel: row.channel,
      ts: row.ts,
      contentSha256: row.content_sha256,
    };
  };
  const toCursor = (found: unknown) => {
    const row = readRow('cursors', rows.cursors, found);
    return { restoreId: row.restore_id, seq: keyedCursor.isOurs(key, row) ? row.seq : 0 };
  };
  return {
    findPost: async (name) => {
      const row = await db.selectFrom('posts').selectAll().where('key', '=', name).executeTakeFirst();
      return row === undefined ? null : toPost(row);
    },
    findPostAt: async ({ channel, ts }) => {
      const found = await db
        .selectFrom('posts')
        .selectAll()
        .where('ts', '=', ts)
        .where('channel', '=', channel)
        .execute();
      return found.map(toPost).find((post) => post !== null) ?? null;
    },
    savePost: async (post) => {
      const values = keyedPost.withMac(key, {
        key: post.key,
        restore_id: post.restoreId,
        channel: post.channel,
        ts: post.ts,
        content_sha256: post.contentSha256,
      });
      await db
        .insertInto('posts')
        .values(values)
        .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
        .execute();
    },
    readCursor: async (restoreId) => {
      const found = await db
        .selectFrom('cursors')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .executeTakeFirst();
      return found === undefined ? 0 : toCursor(found).seq;
    },
    readCursors: async () => {
      const found = await db.selectFrom('cursors').selectAll().execute();
      return new Map(found.map(toCursor).map(({ restoreId, seq }) => [restoreId, seq]));
    },
    moveCursor: async (restoreId, seq) => {
      const values = keyedCursor.withMac(key, { restore_id: restoreId, seq });
      await db
        .insertInto('cursors')
        .values(values)
        .onConflict((conflict) => conflict.column('restore_id').doUpdateSet(values))
        .execute();
    },
    claim: (name, at) =>
      withoutWaitingForTheDisk(db, async (one) => {
        const result = await one
          .insertInto('inbox')
          .values({ key: name, at })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirst();
        return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
      }),
  };
}

/**
 * What is claimed was acknowledged, and Slack delivers it no more: a claim that a power cut takes back is not missed. To wait for
 * the disk would keep the next acknowledgement waiting.
 */
async function withoutWaitingForTheDisk<T>(
  db: Kysely<Schema>,
  work: (one: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  if (isPostgres(db))
    return await db.transaction().execute(async (trx) => {
      await sql`SET LOCAL synchronous_commit = off`.execute(trx);
      return await work(trx);
    });
  return await db.connection().execute(async (one) => {
    await sql`PRAGMA synchronous = NORMAL`.execute(one);
    try {
      return await work(one);
    } finally {
      await sql`PRAGMA synchronous = FULL`.execute(one);
    }
  });
}
