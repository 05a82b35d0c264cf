/** What `check-hosts` has read, once, before anything is judged: every check is a pure function over this. */
import type { BackupReport } from '../../aurora/backups.ts';
import type { CertificateDates } from '../../aurora/certificates.ts';
import type { Cluster, RestoreProcedure } from '../../aurora/cluster.ts';
import type { AuroraError } from '../../aurora/errors.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import type { LeaderAnswer, LogReplica } from '../../aurora/leader.ts';
import type { FrameworkFacts } from '../../aurora/mesos.ts';
import type { ReleaseSign } from '../../aurora/release-signs.ts';
import type { LostHistory } from '../looks/lost-history.ts';

/** What was asked for, or why it could not be seen. */
export type Seen<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: AuroraError };

/** A host whose agent answered. */
export interface SeenHost {
  readonly host: string;
  readonly status: HostStatus;
  /** How far its clock is ahead of the bot's (negative: behind), at least; 0 when the answer's journey explains it. */
  readonly clockAheadMs: number;
  readonly signs: readonly ReleaseSign[];
  /** Tasks that its scheduler has staged, `null` when nothing is. A scheduler that does not run has nothing staged. */
  readonly staged: Seen<number | null>;
  /** What its agent was shown of the bot's journal and is not in it; absent where nobody compared. */
  readonly lost?: LostHistory | null;
}

/** Who could sign with a key of their own, by the bot's roster. */
export interface PeopleSeen {
  readonly rosterHash: string;
  /** Approvers (`team:user`) with a key that is valid now; `null` where only Slack knows who approves, and is not asked. */
  readonly able: readonly string[] | null;
  /** `null` where nobody has proposed a restore. */
  readonly requester: string | null;
}

export interface Reading {
  readonly cluster: Cluster;
  readonly procedure: RestoreProcedure;
  /** The host whose log the recovery tool fills. */
  readonly refilled: string;
  readonly now: number;
  /** Those that answered, in the order of the configuration. */
  readonly hosts: readonly SeenHost[];
  /** Public half of the key that signs the bot's grants, base64 SPKI; absent where nobody compared. */
  readonly grantKey?: string;
  readonly unreachable: readonly { readonly host: string; readonly error: AuroraError }[];
  readonly leader: LeaderAnswer;
  /** `null` where the policy asks nobody for a signature of their own. */
  readonly people: Seen<PeopleSeen> | null;
  /** Empty where nothing speaks TLS. */
  readonly certificates: readonly CertificateDates[];
  readonly logGroup: Seen<readonly LogReplica[]>;
  readonly frameworks: Seen<readonly FrameworkFacts[]>;
  /** The chosen backup, as far as `check-hosts` needs it; `choose-backup` reads it to its end. */
  readonly backup: Seen<
    Pick<
      BackupReport,
      'bytes' | 'sha256' | 'frameworkId' | 'timestampMs' | 'verdict' | 'reasons' | 'unlivable'
    >
  >;
  /** Where it is, and whether the requester will leave out the tasks that no scheduler survives. */
  readonly chosen: { readonly host: string; readonly name: string; readonly leaveOut: boolean };
  /** Everything the restore sets in the flag files; `null` takes a flag away. */
  readonly flagsToSet: Readonly<Record<string, string | null>>;
}
