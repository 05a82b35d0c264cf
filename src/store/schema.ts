/** One schema for every database behind Kysely. Instants are milliseconds since the epoch. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface Schema {
  restores: { restore_id: string; cluster: string; open: number; created_at: number };
  events: {
    restore_id: string;
    seq: number;
    at: number;
    /** Canonical JSON of the event. */
    body: string;
    hash: string;
  };
  leases: { cluster: string; owner: string; fence: number; expires_at: number };
  documents: { restore_id: string; name: string; body: string; sha256: string };
  posts: { key: string; restore_id: string; channel: string; ts: string; content_sha256: string };
  cursors: { restore_id: string; seq: number };
  inbox: { key: string; at: number };
  counters: { name: string; value: number };
}

/** Applied in the order of their names, each once; never edited after a release. */
export const migrations: Record<string, Migration> = {
  '001-journal': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('restores')
        .addColumn('restore_id', 'text', (column) => column.primaryKey())
        .addColumn('cluster', 'text', (column) => column.notNull())
        .addColumn('open', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      // One restore per cluster, held by the database and not by good manners.
      await db.schema
        .createIndex('restores_one_open')
        .on('restores')
        .column('cluster')
        .unique()
        .where('open' as never, '=', 1 as never)
        .execute();
      await db.schema
        .createTable('events')
        .addColumn('restore_id', 'text', (column) => column.notNull().references('restores.restore_id'))
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('events_pk', ['restore_id', 'seq'])
        .execute();
      await db.schema
        .createTable('leases')
        .addColumn('cluster', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('fence', 'integer', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('documents')
        .addColumn('restore_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('sha256', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('documents_pk', ['restore_id', 'name'])
        .execute();
      await db.schema
        .createTable('counters')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', 'integer', (column) => column.notNull())
        .execute();
    },
  },
  '002-outbox': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('posts')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('restore_id', 'text', (column) => column.notNull())
        .addColumn('channel', 'text', (column) => column.notNull())
        .addColumn('ts', 'text', (column) => column.notNull())
        .addColumn('content_sha256', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('cursors')
        .addColumn('restore_id', 'text', (column) => column.primaryKey())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('inbox')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};
