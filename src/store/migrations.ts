/** How the tables come about, on both engines. Instants are milliseconds since the epoch. */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { AuroraError } from '../aurora/errors.ts';
import { explainSystemError } from '../aurora/system-errors.ts';
import { isPostgres } from './engines.ts';
import type { Schema } from './schema.ts';

/** `place`: as a message names the database. AuroraError `store-migration`. Of several bots that start at once one does it, the others wait. */
export async function bringUpToDate(db: Kysely<Schema>, place: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const known = explainSystemError(error);
  if (known !== null) throw known;
  throw new AuroraError({
    code: 'store-migration',
    message: `The database ${place} could not be brought up to date.`,
    hint: 'Was it written by a newer version? Start that one, or restore the database from its copy.',
    cause: error,
  });
}

/** PostgreSQL's `integer` ends at 2^31; SQLite's holds what a number of JavaScript does. */
const whole = (db: Kysely<unknown>) => (isPostgres(db) ? 'bigint' : 'integer');

/** Applied in the order of their names, each once; never edited after a release. */
export const migrations: Record<string, Migration> = {
  '001-journal': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('restores')
        .addColumn('restore_id', 'text', (column) => column.primaryKey())
        .addColumn('cluster', 'text', (column) => column.notNull())
        .addColumn('open', whole(db), (column) => column.notNull())
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
        .addColumn('seq', whole(db), (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('events_pk', ['restore_id', 'seq'])
        .execute();
      await db.schema
        .createTable('leases')
        .addColumn('cluster', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('fence', whole(db), (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('documents')
        .addColumn('restore_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('body', isPostgres(db) ? 'bytea' : 'text', (column) => column.notNull())
        .addColumn('sha256', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('documents_pk', ['restore_id', 'name'])
        .execute();
      await db.schema
        .createTable('counters')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('value', whole(db), (column) => column.notNull())
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
        .addColumn('seq', whole(db), (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('inbox')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  '003-versions': {
    up: async (db: Kysely<unknown>) => {
      // What was written before versions were kept is of the first one.
      for (const table of ['events', 'documents'])
        await db.schema
          .alterTable(table)
          .addColumn('version', whole(db), (column) => column.notNull().defaultTo(1))
          .execute();
    },
  },
  '004-keyed': {
    up: async (db: Kysely<unknown>) => {
      for (const table of ['restores', 'events', 'documents', 'posts', 'cursors'])
        await db.schema.alterTable(table).addColumn('mac', 'text').execute();
      await db.schema.alterTable('restores').addColumn('keyed_from', whole(db)).execute();
      await db.schema
        .createTable('seals')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('key_id', 'text', (column) => column.notNull())
        .addColumn('mac', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('holders')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('token', 'text', (column) => column.notNull())
        .addColumn('pid', whole(db), (column) => column.notNull())
        .addColumn('host', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  '005-small': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .alterTable('documents')
        .addColumn('encoding', 'text', (column) => column.notNull().defaultTo('text'))
        .execute();
      await db.schema.alterTable('documents').addColumn('removed_at', 'bigint').execute();
      await db.schema
        .createTable('summaries')
        .addColumn('restore_id', 'text', (column) => column.primaryKey())
        .addColumn('seq', whole(db), (column) => column.notNull())
        .addColumn('head', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('version', whole(db), (column) => column.notNull())
        .addColumn('mac', 'text')
        .execute();
      // Presses and mentions look for the message that they come from.
      await db.schema.createIndex('posts_place').on('posts').columns(['ts', 'channel']).execute();
    },
  },
  '006-seen-backups': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('seen_backups')
        .addColumn('cluster', 'text', (column) => column.notNull())
        .addColumn('sha256', 'text', (column) => column.notNull())
        .addColumn('content_at', 'bigint')
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('tasks', 'bigint', (column) => column.notNull())
        .addColumn('jobs', 'bigint', (column) => column.notNull())
        .addColumn('verdict', 'text', (column) => column.notNull())
        .addColumn('framework_id', 'text')
        .addColumn('copies', 'text', (column) => column.notNull())
        .addColumn('first_seen_at', 'bigint', (column) => column.notNull())
        .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('seen_backups_pk', ['cluster', 'sha256'])
        .execute();
      await db.schema
        .createIndex('seen_backups_last')
        .on('seen_backups')
        .columns(['cluster', 'last_seen_at'])
        .execute();
    },
  },
  '007-watches': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('watches')
        .addColumn('cluster', 'text', (column) => column.primaryKey())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('version', whole(db), (column) => column.notNull())
        .addColumn('mac', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '008-epoch': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('stores')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('epoch', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('incarnations')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('after', 'text')
        .addColumn('host', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .execute();
      const epoch = randomBytes(16).toString('hex');
      await db
        .insertInto('stores' as never)
        .values({ name: 'bot', epoch } as never)
        .execute();
    },
  },
};
