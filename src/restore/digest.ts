import { createHash } from 'node:crypto';
import type { Policy, Procedure } from '../aurora/cluster.ts';
import { canonicalJson } from '../aurora/operations.ts';

/** Everything a sign-off binds to (design promise 2). Progress and instants are not in it. */
interface SignedContent {
  readonly cluster: string;
  readonly frameworkId: string;
  readonly procedure: Procedure;
  readonly backupSha256: string;
  readonly stagedSetDigest: string;
  readonly deletions: readonly string[];
  readonly hosts: readonly string[];
  readonly flagChanges: Readonly<Record<string, string | null>>;
  readonly policy: Policy;
  /** `stop`, `commit` or `go-back`: a signature for one is none for another. */
  readonly intent: string;
}

/** Hex sha256 of the signed content. */
export function digestOf(content: SignedContent): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** The first eight digits in two groups, for people: `71f0-22ab`. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)}-${digest.slice(4, 8)}`;
}
