/** What the heart is handed: it decides over these and opens no socket itself. */
import type { Worker } from 'node:worker_threads';
import type { CountedBlastRadius } from '../aurora/backups.ts';
import type { CertificateReader } from '../aurora/certificates.ts';
import type { Clock } from '../aurora/clock.ts';
import type { Cluster } from '../aurora/cluster.ts';
import type { HostAgent } from '../aurora/hosts.ts';
import type { Documents, Journal, Leases, PackedDocuments } from '../aurora/journal.ts';
import type { LeaderFinder } from '../aurora/leader.ts';
import type { MesosMaster } from '../aurora/mesos.ts';
import type { Grant, GrantPayload } from '../aurora/operations.ts';
import type { People } from '../aurora/people.ts';
import type { Signatures } from '../aurora/signatures.ts';
import type { StoreIdentity } from '../aurora/store-identity.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import type { RestoreEvent } from './record/events.ts';

/** One cluster with the ways to reach it. */
export interface ClusterAccess {
  readonly cluster: Cluster;
  /** In the order of the configuration. */
  readonly agents: readonly HostAgent[];
  readonly leader: LeaderFinder;
  readonly mesos: MesosMaster;
  /** Absent where nothing speaks TLS. */
  readonly certificates?: CertificateReader;
}

export interface GrantSigner {
  /** Base64 SPKI: what agents must trust. Absent where nobody compares. */
  readonly publicKey?: string;
  sign(payload: GrantPayload): Grant;
}

/** A job that is not told is read from the name that Mesos knows the task by. */
type RunningTask = Pick<TaskRow, 'taskId'> & Partial<Pick<TaskRow, 'jobKey'>>;

/** Reading backups is another room's craft; the heart only asks for its answers. */
export interface BackupCraft {
  /** Both in order of task id. */
  computeBlastRadius(input: {
    backup: AsyncIterable<TaskRow> | Iterable<TaskRow>;
    running: AsyncIterable<RunningTask>;
  }): Promise<CountedBlastRadius>;
  /** Hex sha256 that does not depend on the order of the rows. */
  digestStagedSet(
    rows: AsyncIterable<TaskRow> | Iterable<TaskRow>,
  ): Promise<{ digest: string; tasks: number }>;
}

/** Threads in which steps read large clusters. */
export interface StepThreads {
  /** So many tasks are large: fewer are read before a thread has started. */
  readonly fromTasks: number;
  /** What those steps keep and read: a thread packs and unpacks it. */
  readonly documents: PackedDocuments;
  /** For a step with a cluster of that name; it runs `serveSteps`. */
  start(cluster: string): StepThread;
}

export type StepThread = Pick<Worker, 'on' | 'postMessage' | 'terminate'>;

export interface RestoreDeps {
  readonly clock: Clock;
  readonly journal: Journal<RestoreEvent>;
  readonly leases: Leases;
  readonly documents: Documents;
  readonly people: People;
  /** Absent where no roster of keys is configured: then nobody's own signature counts. */
  readonly signatures?: Signatures;
  /** While Slack answers nothing at all, people whom a key has proved are judged by the roster. Absent: nobody is judged then. */
  readonly whenSlackIsDown?: 'roster';
  readonly grants: GrantSigner;
  readonly backups: BackupCraft;
  readonly clusters: ReadonlyMap<string, ClusterAccess>;
  /** Of this very bot: two that run are never the same owner. */
  readonly owner: string;
  /** Absent: all steps run where they are asked for. */
  readonly threads?: StepThreads;
  /** Of the database that the restores are in. Absent: grants name none, as those of bots of before. */
  readonly identity?: StoreIdentity;
  /** Called with what a step is waiting for; not journaled. */
  onProgress(restoreId: string, text: string | null): void;
  log(level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, message: string): void;
}
