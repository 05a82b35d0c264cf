/** What one look at a cluster shows, as plain values. What could not be seen is `null`, never a guess. */
import type { BackupVerdict } from '../aurora/backups.ts';
import type { CertificateDates } from '../aurora/certificates.ts';
import type { FileSystemRoom } from '../aurora/disk-room.ts';
import type { FrameworkFacts } from '../aurora/mesos.ts';
import type { BackupProof } from '../aurora/proof.ts';

export interface Observation {
  /** By the bot's clock. */
  readonly atMs: number;
  /** Every configured host, in the order of the configuration. */
  readonly hosts: readonly HostLook[];
  readonly leader: LeaderLook;
  /** `host:port` of each replica that ZooKeeper knows; `null` when it could not be asked. */
  readonly logReplicas: readonly string[] | null;
  /** Of the Mesos master; `null` when it could not be asked. */
  readonly frameworks: readonly FrameworkFacts[] | null;
  /** `null` when this look did not ask for them: they change slowly. */
  readonly certificates: readonly CertificateDates[] | null;
  /** The last of each host that gives backups to a scheduler to prove them; `none` where no host does, `null` when that is not known. */
  readonly proofs: readonly BackupProof[] | 'none' | null;
}

export interface HostLook {
  readonly host: string;
  /** `null` when its agent did not answer. */
  readonly facts: HostFacts | null;
  /** Why not. */
  readonly why: string | null;
  /** What lies in its backup directory; `null` when that is not known now. */
  readonly backups: readonly SeenFile[] | null;
}

export interface HostFacts {
  readonly auroraVersion: string;
  /** How far its clock is ahead of the bot's (negative: behind); 0 when the answer's journey explains it. */
  readonly clockAheadMs: number;
  /** When the scheduler's process began, by the bot's clock; `null` when none runs or it does not tell. */
  readonly startedAtMs: number | null;
  /** Of the flag file, and of the running process where that is told; secrets hidden. */
  readonly flags: Readonly<Record<string, string>>;
  readonly running: Readonly<Record<string, string>>;
  readonly disks: readonly FileSystemRoom[];
}

export type LeaderLook =
  /** `host`: of the configuration; `null` for one that is not in it. */
  | { readonly kind: 'leads'; readonly host: string | null }
  | { readonly kind: 'nobody'; readonly says: string; readonly next: string }
  | { readonly kind: 'unseen'; readonly why: string };

/** A file of a backup's name. */
export interface SeenFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** By the host's clock. */
  readonly mtimeMs: number;
  /** From inside the file; `null` when it has none. */
  readonly contentAtMs: number | null;
  readonly verdict: BackupVerdict;
  /** The first thing that is wrong with it, as a sentence; `null` when nothing is. */
  readonly reason: string | null;
  readonly tasks: number;
  readonly frameworkId: string | null;
}
