/**
 * A step of the procedure: one small file each under `steps/`. No loops over hosts by hand, no sleeping and no
 * catching inside a step: the context does these the same way for all.
 */
import type { CertificateReader } from '../aurora/certificates.ts';
import type { HostAgent, HostStatus } from '../aurora/hosts.ts';
import type {
  OperationEnd,
  OperationEvidence,
  OperationKind,
  OperationParams,
} from '../aurora/operations.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import type { LostHistory } from './looks/lost-history.ts';
import type { ClusterAccess, RestoreDeps } from './ports.ts';
import type { PeopleSeen } from './preflight/reading.ts';
import type { EventOf } from './record/events.ts';
import type { StepFacts, StepName } from './record/facts.ts';
import type { RestoreState } from './record/state.ts';
import type { findLapse } from './service/signers.ts';

/** Which hosts it is about. */
export type Scope = 'all' | 'source' | 'elected' | 'cluster' | 'none';

interface StepWords<N extends StepName> {
  readonly name: N;
  readonly title: string;
  readonly scope: Scope;
  /** What it does, in the dry run. */
  readonly does: string;
  /** The one thing a reader would ask about it once it is done; empty when there is nothing to say. */
  note?(facts: StepFacts[N], state: RestoreState): string;
}

/** What takes its effect back: a step of the undo, or why there is none. */
type Undoing =
  | { readonly touches: false }
  | { readonly touches: true; readonly undo: StepName | { readonly none: string } };

export type Step<N extends StepName = StepName> = StepWords<N> & Undoing & Running<N>;

interface Running<N extends StepName> {
  /** Does the work and answers what was found. May be run again after a crash: operations are not repeated. */
  run(context: StepContext): Promise<StepFacts[N]>;
}

export interface Done<K extends OperationKind> {
  readonly host: string;
  readonly changed: boolean;
  readonly evidence: OperationEvidence[K];
}

/** An agent without what it streams: that is read through the context, which begins again when a stream breaks off. */
export type StepAgent = Omit<HostAgent, 'readBackupTasks' | 'readHeldBackup' | 'uploadBackup'>;

export interface StepContext extends Pick<ClusterAccess, 'cluster' | 'leader' | 'mesos'> {
  readonly readCertificates: CertificateReader;
  /** Who could sign with a key of their own; `null` where the policy asks nobody. AuroraError when the roster cannot be read. */
  readPeople(): Promise<PeopleSeen | null>;
  /** Why the signed commit may not go out at this instant; `null` when it may. */
  findLapse(): ReturnType<typeof findLapse>;
  readonly agents: readonly StepAgent[];
  readonly restoreId: string;
  readonly step: StepName;
  readonly deps: Pick<RestoreDeps, 'clock' | 'backups' | 'documents'> & {
    /** Absent in a thread of its own, where nothing is granted. */
    readonly grants?: Pick<RestoreDeps['grants'], 'publicKey'>;
    readonly journal: Pick<RestoreDeps['journal'], 'read'>;
  };
  /** The newest state; grows while the step runs. */
  state(): RestoreState;
  /** Facts of a step that must have run before this one. */
  factsOf<N extends StepName>(step: N): StepFacts[N];
  agentOf(host: string): StepAgent;
  /** The agent's view of a host, asked again for a bounded time when it does not answer. */
  readStatus(agent: StepAgent): Promise<HostStatus>;
  /** Works on all hosts at once; the first failure is thrown when all have come to an end. */
  onEachHost<T>(work: (agent: StepAgent) => Promise<T>): Promise<T[]>;
  /** One journaled operation on one host: requested, done, never twice. */
  operate<K extends OperationKind>(
    host: string,
    kind: K,
    params: OperationParams[K],
    /** Tells a second doing of what was done before in this step from a repetition of the first. */
    round?: number,
  ): Promise<Done<K>>;
  /** The same, but an end that is not `done` is a value: for the one operation whose unknown outcome is settled by looking. */
  attempt<K extends OperationKind>(
    host: string,
    kind: K,
    params: OperationParams[K],
    round?: number,
  ): Promise<OperationEnd<K>>;
  /** What an agent was shown of this journal and is not in it; `null` when nothing is. */
  findLost(status: HostStatus): Promise<LostHistory | null>;
  operateOnAll<K extends OperationKind>(kind: K, params: OperationParams[K]): Promise<Done<K>[]>;
  /**
   * Looks again and again until `look` answers something other than `null`; AuroraError `waited-too-long` after
   * `limitMs`. Answers how long it took. Stops at once when the restore is aborted.
   */
  waitFor<T>(wait: {
    what: string;
    usual: string;
    limitMs: number;
    hint: string;
    look: () => Promise<T | null>;
  }): Promise<{ value: T; waitedMs: number }>;
  /**
   * Asks the outside world, again while an agent does not answer: for a time that is bounded from the beginning, or from
   * the last progress that `ask` has told of.
   */
  patiently<T>(what: string, ask: (progressed: () => void) => Promise<T>): Promise<T>;
  /** Hands the tasks of a backup on that host to `consume`, once more from the first one when the stream breaks off. */
  readTasks<T>(host: string, name: string, consume: (rows: AsyncIterable<TaskRow>) => Promise<T>): Promise<T>;
  /** Brings the held backup from one host to another, from its first byte again when that breaks off. */
  copyHeldBackup(copy: { from: string; to: string; name: string; sha256: string }): Promise<void>;
  progress(text: string): void;
  /** Says something in the thread, unless it was the last thing that was said in this step. */
  notice(notice: Omit<EventOf<'noticed'>, 'type'>): Promise<void>;
  now(): number;
}
