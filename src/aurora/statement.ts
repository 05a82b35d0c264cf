/**
 * What a person signs with a key of their own, and what a host verifies: neither bot, database nor Slack has that key.
 * A statement says what is meant, of which restore, and for how long; it is the same bytes for everybody who signs it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { restoreProcedures } from './cluster.ts';
import { restoreIdSchema, sha256Schema } from './name-schemas.ts';

/** `release` lets the restored scheduler reconcile: tasks are killed and started from then on. */
export const intents = ['stop', 'commit', 'go-back', 'release'] as const;
export type Intent = (typeof intents)[number];

const text = (max: number) => z.string().max(max);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** `team:user`, as Slack names them. */
const personId = z
  .string()
  .regex(/^[A-Z0-9]{1,30}:[A-Z0-9]{1,30}$/, 'must be team:user, such as T0123:U0456');

/** Strict, so that nothing unread is signed. Instants are milliseconds since the epoch. */
export const statementSchema = z.strictObject({
  version: z.literal(1),
  intent: z.enum(intents),
  cluster: text(100).min(1),
  restore: restoreIdSchema,
  /** Hex sha256 of all that a sign-off at this gate binds to, the policy among it: a grant names it, too. */
  digest: sha256Schema,
  /** Hash of the first record of the restore's journal: another restore of the same name has another. */
  journal: sha256Schema,
  procedure: z.enum(restoreProcedures),
  hosts: z.array(text(253).min(1)).max(100).readonly(),
  /** Hex sha256 of the backup file; `null` when an old log is brought back. */
  backup: sha256Schema.nullable(),
  /** The restore whose old log is brought back; `null` otherwise. */
  oldLogOf: restoreIdSchema.nullable(),
  /** Digest of the tasks that are to be committed (`digestStagedSet`); `null` before they are known. */
  staged: sha256Schema.nullable(),
  /** Tasks that people left out: how many, and the hex sha256 of their sorted ids as canonical JSON. */
  leftOut: z.strictObject({ tasks: count, sha256: sha256Schema }),
  /** Flags as they are set while it is restored; `null` for one that is taken away. */
  flags: z.record(text(100), text(4_000).nullable()).readonly(),
  /** Who made what is signed; together they fill one place. */
  authors: z.array(personId).max(50).readonly(),
  /** What it would do, as it was shown; `null` before it is known. */
  tasks: z.strictObject({ killed: count, startedAgain: count, kept: count }).nullable(),
  /** How many distinct people it takes. */
  needed: z.number().int().min(1).max(50),
  /** Milliseconds after the commit from which nobody needs to let it reconcile; `null` when people have to. */
  releasesAfterMs: count.nullable(),
  issuedAt: count,
  expiresAt: count,
});

export type Statement = z.infer<typeof statementSchema>;

const base64 = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'must be base64');

/** One person's signature over a statement. Binary parts are base64 or base64url. */
export const proofSchema = z.discriminatedUnion('format', [
  z.strictObject({
    format: z.literal('passkey'),
    person: personId,
    /** The name of the key in the roster. */
    key: text(100).min(1),
    authenticatorData: base64(2_000),
    clientDataJson: base64(4_000),
    signature: base64(2_000),
  }),
  z.strictObject({
    format: z.literal('ssh'),
    person: personId,
    key: text(100).min(1),
    /** As `ssh-keygen -Y sign` writes it, with its two marker lines. */
    signature: z.string().max(8_000),
  }),
]);

export type Proof = z.infer<typeof proofSchema>;

/** A statement with everybody's signature of it that is known. */
export const signedStatementSchema = z.strictObject({
  statement: statementSchema,
  proofs: z.array(proofSchema).max(50).readonly(),
});

export type SignedStatement = z.infer<typeof signedStatementSchema>;

/** The `-n` of `ssh-keygen -Y sign`. */
export const sshNamespace = 'aurora-chatops';

/** The text that an ssh key signs: a first line that nothing else begins with, then canonical JSON, then a line end. */
export function statementText(statement: Statement): string {
  return `aurora-chatops statement v${statement.version}\n${canonicalJson(statement)}\n`;
}

/** What a passkey signs as its challenge: the sha256 of `statementText`. */
export function challengeOf(statement: Statement): Buffer {
  return createHash('sha256').update(statementText(statement)).digest();
}

/** Names a statement, for people and records: hex. */
export function statementHash(statement: Statement): string {
  return challengeOf(statement).toString('hex');
}
