import { createHash } from 'node:crypto';
import type { Policy, RestoreProcedure } from '../../aurora/cluster.ts';
import { canonicalJson } from '../../aurora/operations.ts';
import { recoveryFlags } from '../../aurora/restore-flags.ts';
import type { RestoreState } from '../record/state.ts';

/** Everything a sign-off binds to (design promise 2). Progress and instants are not in it. */
interface SignedContent {
  readonly cluster: string;
  readonly frameworkId: string;
  readonly procedure: RestoreProcedure;
  readonly backupSha256: string;
  /** The restore whose old log it is about; left out otherwise. */
  readonly of?: string;
  readonly stagedSetDigest: string;
  readonly deletions: readonly string[];
  readonly hosts: readonly string[];
  readonly flagChanges: Readonly<Record<string, string | null>>;
  readonly policy: Policy;
  /** A signature for one is none for another. */
  readonly intent: 'stop' | 'commit' | 'go-back';
}

/** Hex sha256 of what is signed at a gate of this restore. */
export function digestOf(
  state: RestoreState,
  signed: Pick<SignedContent, 'intent' | 'stagedSetDigest' | 'deletions'>,
): string {
  const { proposal } = state;
  const content: SignedContent = {
    ...signed,
    cluster: proposal.cluster,
    frameworkId: state.facts['capture-live-tasks']?.frameworkId ?? '',
    procedure: proposal.procedure,
    backupSha256: proposal.backup.sha256,
    ...(proposal.of !== undefined && { of: proposal.of }),
    hosts: proposal.hosts,
    flagChanges: recoveryFlags(proposal.auroraVersion),
    policy: proposal.policy,
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** The first eight digits in two groups, for people: `71f0-22ab`. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)}-${digest.slice(4, 8)}`;
}
