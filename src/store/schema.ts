/** One schema for every database behind Kysely. Instants are milliseconds since the epoch. */
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
