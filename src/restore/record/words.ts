/** The words that events and facts are made of, as schemas: what is stored is read back through these. */
import { z } from 'zod';
import { type Policy, restoreProcedures } from '../../aurora/cluster.ts';
import { operationKinds } from '../../aurora/operations/all.ts';

/**
 * Exactly these fields: one that is not known was written by a newer version, and to pass over it would be a guess.
 * Nothing here has a default or changes a value, so that what was parsed is what was stored.
 */
export function struct<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape).readonly();
}

/** One kind of entry of a journal, by its stored name. */
export function event<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return struct({ type: z.literal(type), ...shape });
}

export function listOf<T extends z.ZodType>(element: T) {
  return z.array(element).readonly();
}

/** Who did something, as they were called then. `id` is `team:user`. */
export const actor = struct({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  /** The name of the ssh key that proved them, where they decided in a terminal; absent for what was decided in Slack or on the page. */
  terminalKey: z.string().exactOptional(),
});
export type Actor = z.infer<typeof actor>;

export const gateName = z.enum(['stop', 'commit', 'go-back']);
export type GateName = z.infer<typeof gateName>;

export const backupChoice = struct({ host: z.string(), name: z.string(), sha256: z.string() });
export type BackupChoice = z.infer<typeof backupChoice>;

/** What somebody else was seen to have done between two of our looks. */
export const foreignAct = z.enum(['unloaded', 'edited', 'committed', 'registered', 'started']);
export type ForeignAct = z.infer<typeof foreignAct>;

/** What only people can answer: the gates, the order to commit, the second look, a pause, and what is stuck. */
export const questionName = z.enum(['stop', 'commit', 'commit-order', 'go-back', 'look', 'paused', 'stuck']);
export type QuestionName = z.infer<typeof questionName>;

/** What is noticed while people decide or a step waits; nobody is needed for it. */
export const noticeCode = z.enum([
  /** A scheduler that believes it is elected beside the one that is. */
  'two-elected',
  /** A process whose port is closed for good. */
  'dead-but-running',
  /** At a gate or the second look, something that people decide by is not as it was shown. */
  'changed',
  /** Outside traffic that this restore had blocked came open. */
  'traffic-open',
]);
export type NoticeCode = z.infer<typeof noticeCode>;

export const outcome = z.enum(['completed', 'undone', 'declined', 'expired', 'failed']);
export type Outcome = z.infer<typeof outcome>;

export const operationKind = z.enum(operationKinds);

const procedure = z.enum(restoreProcedures);

const policy = struct({
  approvers: listOf(z.string()),
  approverGroups: listOf(z.string()),
  stopSigners: z.number(),
  commitSigners: z.number(),
  requesterCounts: z.boolean(),
  signOffTtlMs: z.number(),
  commitWindowMs: z.number(),
  oldBackupMs: z.number(),
  secondLookMs: z.number(),
  graceMs: z.number().exactOptional(),
  release: z.enum(['time', 'people']).exactOptional(),
  reconciliation: z.enum(['trigger', 'timers']).exactOptional(),
  signatures: z.enum(['observe', 'require']).exactOptional(),
  lookTraffic: z.enum(['shut', 'allow']).exactOptional(),
  escalation: struct({
    afterMs: z.number(),
    group: z.string().exactOptional(),
    channel: z.string().exactOptional(),
  }).exactOptional(),
  owners: z.record(z.string(), z.string()).readonly().exactOptional(),
} satisfies Record<keyof Policy, z.ZodType>) satisfies z.ZodType<Policy>;

export const proposal = event('restore-proposed', {
  cluster: z.string(),
  auroraVersion: z.string(),
  hosts: listOf(z.string()),
  channel: z.string(),
  requester: actor,
  reason: z.string(),
  /** A link or a ticket name; empty when none was given. */
  incident: z.string(),
  backup: backupChoice,
  procedure,
  /** The restore whose set-aside log is brought back; `backup` is what that one restored. Only for `set-aside-log`. */
  of: z.string().exactOptional(),
  /** The requester knows that the backup holds tasks no scheduler survives, and that those have to be left out. */
  leaveOutUnlivable: z.literal(true).exactOptional(),
  /** Why this procedure, in words; absent from restores that had no choice. */
  procedureReason: z.string().exactOptional(),
  policy,
  /** Where people look at the cluster themselves; absent where neither is known. */
  pages: struct({ scheduler: z.string().exactOptional(), mesos: z.string().exactOptional() }).exactOptional(),
});
export type Proposal = z.infer<typeof proposal>;
