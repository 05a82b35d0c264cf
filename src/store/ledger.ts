/** The outbox's ledger and the inbox on SQL. */
import type { Kysely } from 'kysely';
import type { Inbox, PostLedger } from '../aurora/outbox.ts';
import { readRow, rows, type Schema } from './schema.ts';

export function ledgerOn(db: Kysely<Schema>): PostLedger & Inbox {
  const toPost = (found: unknown) => {
    const row = readRow('posts', rows.posts, found);
    return {
      key: row.key,
      restoreId: row.restore_id,
      channel: row.channel,
      ts: row.ts,
      contentSha256: row.content_sha256,
    };
  };
  return {
    findPost: async (key) => {
      const row = await db.selectFrom('posts').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? null : toPost(row);
    },
    findPostAt: async ({ channel, ts }) => {
      const row = await db
        .selectFrom('posts')
        .selectAll()
        .where('ts', '=', ts)
        .where('channel', '=', channel)
        .executeTakeFirst();
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
    readCursor: async (restoreId) => {
      const found = await db
        .selectFrom('cursors')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .executeTakeFirst();
      return found === undefined ? 0 : readRow('cursors', rows.cursors, found).seq;
    },
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
