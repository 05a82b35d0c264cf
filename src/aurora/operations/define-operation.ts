/**
 * What an operation is. Each kind has a file here that says all that is promised of it; the types, what is taken and answered
 * over HTTP, the OpenAPI document, an agent's allow-list and the table of docs/agent.md are read off these. How an agent
 * carries a kind out is in the file of the same name in `src/agent/operations`: this room does nothing to a host.
 */
import type { z } from 'zod';

interface OperationDefinition<
  K extends string = string,
  P extends z.ZodType = z.ZodType,
  E extends z.ZodType = z.ZodType,
> {
  /** Stored in journals: once released it is a promise. */
  readonly kind: K;
  /** What it does to a host, for people: whole sentences. */
  readonly does: string;
  readonly signed: SignedAt | null;
  /** What people must have signed with keys of their own where an agent asks for that (`people` of its configuration). */
  readonly proven: Proven;
  /** Arguments: everything it needs is here, nothing is remembered between two of them. Strict, so that nothing unread is signed. */
  readonly params: P;
  /** Facts that it found or made; small, plain, shown in the thread and kept in the record. */
  readonly evidence: E;
}

/**
 * Whose own signatures it takes: an intent, or by what the host would be after it (src/agent/people/needs.ts). What comes first is the
 * usual case.
 */
type Proven =
  | 'nobody'
  /** No form of a person's own signature is about it: where signatures are required, it is refused. */
  | 'never'
  | 'stop'
  | 'commit'
  | 'go-back'
  | 'release'
  /** Nobody while this host is in the middle of that restore. */
  | 'stop, or nobody on the way'
  /** Going back once the host has committed. */
  | 'nobody, or go-back'
  /** Letting it reconcile once the restored scheduler has started. */
  | 'nobody, or release'
  /** The stop for the flags of recovery mode, the commit for holding reconciliation back. */
  | 'by flags'
  /** Nobody with the log of before, the stop in recovery mode, else the commit, and letting it reconcile unless that is held. */
  | 'by log and flags';

/** How many distinct people must have signed at which gate before an agent does it (design promise 3). */
export interface SignedAt {
  readonly gate: 'stop' | 'commit' | 'go-back' | 'errand';
  readonly people: 1 | 2;
  /** How old their sign-offs may be, in milliseconds. */
  readonly withinMs: number;
  /** Only who signed the very digest that the grant names counts; what is undone later is still under the stop's. */
  readonly digestBound: boolean;
}

const hourMs = 3_600_000;

/** Before anything is touched somebody signs the stop. Whatever it began can be put back long afterwards. */
export const signedStop: SignedAt = {
  gate: 'stop',
  people: 1,
  withinMs: 90 * 24 * hourMs,
  digestBound: false,
};

/** What overwrites the storage takes the two people who signed what it will do, and does it soon. */
export const signedCommit: SignedAt = { gate: 'commit', people: 2, withinMs: 24 * hourMs, digestBound: true };

/** What kills tasks takes the same two; people may look at what they have committed for days. */
export const signedRelease: SignedAt = { ...signedCommit, withinMs: 30 * 24 * hourMs };

/** Back from a log that has lived takes as many as the commit did. */
export const signedGoBack: SignedAt = { ...signedRelease, gate: 'go-back', digestBound: false };

/** What is asked of hosts outside any restore, and is not put back by itself: one approver, who has just said so. */
export const signedErrand: SignedAt = { gate: 'errand', people: 1, withinMs: hourMs, digestBound: true };

export function defineOperation<const K extends string, P extends z.ZodType, E extends z.ZodType>(
  definition: OperationDefinition<K, P, E>,
): OperationDefinition<K, P, E> {
  return definition;
}
