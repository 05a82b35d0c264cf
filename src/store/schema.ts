/** One schema for every database behind Kysely. Instants are milliseconds since the epoch. */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';

/** By the key of this bot (journal-key.ts); `null` in what was written before there was one. */
const mac = z.string().nullable();

/** A row of each table as it is read back. Which version of the tables it is, the migrations say. */
export const rows = {
  restores: z.object({
    restore_id: z.string(),
    cluster: z.string(),
    open: z.literal([0, 1]),
    created_at: z.int(),
    /** Of the first event that was keyed when it was written; what is before it was found whole by its hashes alone. */
    keyed_from: z.int().nullable(),
    mac,
  }),
  events: z.object({
    restore_id: z.string(),
    seq: z.int(),
    at: z.int(),
    /** Canonical JSON of the event. */
    body: z.string(),
    hash: z.string(),
    /** Of the form that the event is in. */
    version: z.int(),
    /** Over everything in the row and the MAC of the event before it. */
    mac,
  }),
  leases: z.object({ cluster: z.string(), owner: z.string(), fence: z.int(), expires_at: z.int() }),
  documents: z.object({
    restore_id: z.string(),
    name: z.string(),
    /** The text, or the bytes that it was compressed to; empty once it was removed. */
    body: z.union([z.string(), z.instanceof<typeof Uint8Array<ArrayBufferLike>>(Uint8Array)]),
    encoding: z.enum(['text', 'zstd']),
    /** Hex, of the text, also when that is not here any more. */
    sha256: z.string(),
    /** Of the form that the text is in. */
    version: z.int(),
    /** When the rule for old documents removed it. */
    removed_at: z.int().nullable(),
    mac,
  }),
  /** What is known of a journal in short; good for as long as its newest event is the one that is named. */
  summaries: z.object({
    restore_id: z.string(),
    seq: z.int(),
    /** The MAC of that event. */
    head: z.string(),
    body: z.string(),
    /** Of the form that the body is in. */
    version: z.int(),
    mac,
  }),
  posts: z.object({
    key: z.string(),
    restore_id: z.string(),
    channel: z.string(),
    ts: z.string(),
    content_sha256: z.string(),
    mac,
  }),
  cursors: z.object({ restore_id: z.string(), seq: z.int(), mac }),
  /** What the watch of a cluster keeps of it. */
  watches: z.object({ cluster: z.string(), body: z.string(), version: z.int(), mac }),
  inbox: z.object({ key: z.string(), at: z.int() }),
  seen_backups: z.object({
    cluster: z.string(),
    sha256: z.string(),
    content_at: z.int().nullable(),
    bytes: z.int(),
    tasks: z.int(),
    jobs: z.int(),
    verdict: z.enum(['ok', 'suspicious', 'unlivable', 'broken']),
    framework_id: z.string().nullable(),
    /** JSON of host and name of each. */
    copies: z.string(),
    first_seen_at: z.int(),
    last_seen_at: z.int(),
  }),
  counters: z.object({ name: z.string(), value: z.int() }),
  /** One row: from when it is there, nothing without a MAC is believed. */
  seals: z.object({ name: z.literal('journal'), key_id: z.string(), mac: z.string() }),
  /** One row: the bot that writes here. */
  holders: z.object({
    name: z.literal('bot'),
    token: z.string(),
    pid: z.int(),
    host: z.string(),
    since: z.int(),
  }),
  /** One row: what this database is told by from every other. Not a secret of the people who may read it, but of all others. */
  stores: z.object({ name: z.literal('bot'), epoch: z.string() }),
  /** Every start of a bot on it; `after` is the one before. */
  incarnations: z.object({
    id: z.string(),
    after: z.string().nullable(),
    host: z.string(),
    since: z.int(),
  }),
};

export type Schema = { readonly [T in keyof typeof rows]: z.infer<(typeof rows)[T]> };

/** AuroraError `row-unreadable`: something other than this program has written to the database. */
export function readRow<T>(table: keyof Schema, shape: z.ZodType<T>, row: unknown): T {
  const parsed = shape.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new AuroraError({
    code: 'row-unreadable',
    message: `A row in the table ${table} of the database cannot be read: ${faultOf(parsed.error)}.`,
    hint: 'Something else has written to the database. Put it back from its copy.',
  });
}

/** The column, and what is wrong with it. */
export function faultOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'another form'}`;
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
  '003-versions': {
    up: async (db: Kysely<unknown>) => {
      // What was written before versions were kept is of the first one.
      for (const table of ['events', 'documents'])
        await db.schema
          .alterTable(table)
          .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
          .execute();
    },
  },
  '004-keyed': {
    up: async (db: Kysely<unknown>) => {
      for (const table of ['restores', 'events', 'documents', 'posts', 'cursors'])
        await db.schema.alterTable(table).addColumn('mac', 'text').execute();
      await db.schema.alterTable('restores').addColumn('keyed_from', 'integer').execute();
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
        .addColumn('pid', 'integer', (column) => column.notNull())
        .addColumn('host', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
  '005-small': {
    up: async (db: Kysely<unknown>) => {
      // SQLite keeps bytes as bytes in a column of text.
      await db.schema
        .alterTable('documents')
        .addColumn('encoding', 'text', (column) => column.notNull().defaultTo('text'))
        .execute();
      await db.schema.alterTable('documents').addColumn('removed_at', 'bigint').execute();
      await db.schema
        .createTable('summaries')
        .addColumn('restore_id', 'text', (column) => column.primaryKey())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('head', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
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
        .addColumn('version', 'integer', (column) => column.notNull())
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
