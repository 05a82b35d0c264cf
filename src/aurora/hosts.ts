import type { BackupFile, BackupReport, KnownBackups } from './backups.ts';
import type { FileSystemRoom } from './disk-room.ts';
import type { HeldCopy } from './errands.ts';
import type { LastGrant, OperationKind, OperationRequest, OperationResult } from './operations.ts';
import type { ClusterOutline, OutlineEntry } from './outline.ts';
import type { ProveStatus } from './proof.ts';
import type { SchedulerReader } from './scheduler.ts';
import type { Intent } from './statement.ts';
import type { KnownStore } from './store-identity.ts';
import type { TaskRow } from './tasks.ts';

/** What an agent sees of its host, all at once. Anything that could not be seen is `null`, never a guess. */
export interface HostStatus {
  readonly host: string;
  readonly agentVersion: string;
  /** The configured Aurora release of this host, such as `0.22.0`. */
  readonly auroraVersion: string;
  readonly clockMs: number;
  readonly scheduler: {
    /** From the service driver. */
    readonly service: 'running' | 'stopped';
    readonly pid: number | null;
    readonly httpPortOpen: boolean;
    readonly libprocessPortOpen: boolean;
    /** Some process holds the log directory's LOCK. */
    readonly logLockHeld: boolean;
    /** How often the service manager has started it again by itself since somebody started it; `null` when it does not count. */
    readonly restarts?: number | null;
    /** Names this very process: another start is another text. Opaque. `null` when nothing runs or it cannot be told. */
    readonly instance?: string | null;
    /** What this process was started with, by its own command line; secrets hidden. `null` when it cannot be told. */
    readonly processFlags?: Readonly<Record<string, string>> | null;
  };
  readonly log: { readonly exists: boolean; readonly files: number; readonly bytes: number };
  /** Logs that restores have set aside beside it, oldest name first; absent from agents that do not tell. */
  readonly setAsideLogs?: readonly {
    readonly restoreId: string;
    readonly files: number;
    readonly bytes: number;
  }[];
  readonly flags: {
    readonly sha256: string;
    /** Secrets hidden. */
    readonly values: Readonly<Record<string, string>>;
    /** What only the host can say against them: hidden values, and files that they name. A sentence each. */
    readonly faults?: readonly { readonly flag: string; readonly says: string }[];
  };
  readonly traffic: 'open' | 'blocked' | 'not-managed';
  /** When the agent last found it open that had to be blocked, and blocked it again; `null` or absent for never. */
  readonly trafficBlockedAgainAt?: number | null;
  readonly mesosLog: { readonly present: boolean };
  /** Aurora's `recovery-tool`, configured and there; absent from agents that do not know the procedure. */
  readonly recoveryTool?: { readonly present: boolean };
  readonly disk: {
    /** Beside the log. */
    readonly freeBytes: number;
    /** In the backup directory. */
    readonly backupsFreeBytes?: number;
    /** Where the agent keeps held backups. */
    readonly heldFreeBytes?: number;
    /** All that a restore writes to, one entry for what shares its room; absent from agents that do not tell. */
    readonly fileSystems?: readonly FileSystemRoom[];
  };
  /** Where the agent works; absent from agents that do not tell. */
  readonly paths?: HostPaths;
  /** What this host is called and where its scheduler is, by the agent's own configuration; absent from agents that do not tell. */
  readonly configured?: {
    readonly cluster: string;
    readonly httpPort: number;
    /** `address:port`. */
    readonly libprocess: string;
  };
  /** Whether the agent has a name and a password for its scheduler. */
  readonly authentication?: { readonly credentials: boolean };
  readonly grants?: {
    /** Base64 SPKI, as a bot prints its own: no other bot's grants are taken. Absent from agents that do not tell. */
    readonly trustedKeys?: readonly string[];
    /** How far ahead of its own clock the agent takes a grant's beginning, and how long past its end. */
    readonly clockSkewMs: number;
    /** Random, of this very journal of the agent: a lost one has another. Absent from agents that take no grant that names one. */
    readonly epoch?: string;
    /** The bot's database that it works for, `null` for whichever comes first; absent from agents that take no grant that names one. */
    readonly store?: KnownStore | null;
    /** The highest fencing token that it has seen. */
    readonly highestFence?: number;
    /** The highest number among the names of restores that it knows, or that have left something on its host. */
    readonly highestRestore?: number;
  };
  /** What the newest grant said that the agent took, `null` when it never took one; absent from agents that do not tell. */
  readonly lastGrant?: LastGrant | null;
  /** What this host asks of people's own signatures; absent from agents that do not tell. */
  readonly people?: HostPeople;
  /** How this host proves backups, `null` when it does not; absent from agents that do not tell. */
  readonly prove?: ProveStatus | null;
  readonly backupDir: { readonly path: string; readonly writable: boolean; readonly files: number };
  /** A few counters of the scheduler (`/vars.json`), `null` when it does not answer. Names as Aurora has them. */
  readonly vars: Readonly<Record<string, number | string>> | null;
  /** `/leaderhealth`: 200 leads, 503 another leads, 502 nobody; `null` when it does not answer. */
  readonly leaderHealth: number | null;
}

export interface HostPeople {
  readonly mode: 'off' | 'observe' | 'require';
  /** Of the roster that is there now; `null` without one, or when it cannot be read. */
  readonly rosterHash: string | null;
  /** Why it cannot be read, as a sentence. */
  readonly fault?: string;
  /** The last that were refused for want of signatures, or would have been (`observe`), since the agent started; oldest first. */
  readonly refused: readonly {
    readonly at: number;
    readonly operationId: string;
    readonly restoreId: string;
    readonly rule: string;
    readonly says: string;
  }[];
  /** The last operations that began on people's signatures, since the agent started; oldest first. */
  readonly verified: readonly {
    readonly at: number;
    readonly operationId: string;
    readonly restoreId: string;
    readonly intent: Intent;
    /** How many people's proofs were good. */
    readonly proofs: number;
  }[];
}

/** What the agent may change, and what it finds there. Absolute paths. */
export interface HostPaths {
  /** Directories, links followed; nothing outside them is changed. */
  readonly roots: readonly string[];
  readonly log: MovedPath;
  readonly flags: MovedPath;
  readonly backups: { readonly path: string; readonly real: string | null };
}

/** Something that a restore moves aside under another name. */
export interface MovedPath {
  /** As configured. */
  readonly path: string;
  /** The same with links followed; `null` when nothing is there. */
  readonly real: string | null;
  /** It can be renamed where it is. */
  readonly movable: boolean;
  /** Why not, and what to do about it; absent from agents that do not tell. `why` ends a sentence that begins with the path. */
  readonly obstacle?: { readonly why: string; readonly remedy: string };
}

/** A set of tasks, named by its content. */
export interface StagedDigest {
  readonly digest: string;
  readonly tasks: number;
}

/** One host's agent. Reads may be repeated; `perform` is idempotent by operation id. */
export interface HostAgent {
  readonly host: string;
  /** Throws AuroraError `agent-unreachable` when the agent does not answer in time. */
  readStatus(): Promise<HostStatus>;
  /** Files whose name is a backup's, newest content first, each decoded (cached by the agent). */
  listBackups(): Promise<readonly BackupFile[]>;
  /** The same without waiting for what has still to be decoded; an agent of before waits all the same, and has read everything then. */
  listKnownBackups(): Promise<KnownBackups>;
  inspectBackup(name: string): Promise<BackupReport>;
  /** The tasks of a backup, streamed: memory does not grow with the file. */
  readBackupTasks(name: string): AsyncIterable<TaskRow>;
  /** What a backup has, job by job. AuroraError `agent-too-old` from agents that do not tell. */
  readBackupOutline(name: string): AsyncIterable<OutlineEntry>;
  /** What the scheduler of this host has now; quotas of the roles that have jobs, and of these. */
  readLiveOutline(asked: { roles: readonly string[] }): Promise<ClusterOutline>;
  /** Copies that people had kept, newest first. AuroraError `agent-too-old` from agents that keep none for people. */
  listHeldCopies(): Promise<readonly HeldCopy[]>;
  /** The bytes of a held backup. */
  readHeldBackup(where: { restoreId: string; name: string }): Promise<AsyncIterable<Uint8Array>>;
  /** Bring the bytes of a held backup to this host; `receive-backup` then checks and keeps them. */
  uploadBackup(upload: {
    restoreId: string;
    name: string;
    sha256: string;
    bytes: AsyncIterable<Uint8Array>;
  }): Promise<void>;
  /**
   * Asks once: the end, when it comes while the agent holds its answer back, or `running`. When `signal` aborts, the answer is not
   * waited for any more (AuroraError `agent-not-waited-for`): what was asked may well be done, and is answered for by its id.
   */
  perform<K extends OperationKind>(
    request: OperationRequest<K>,
    signal?: AbortSignal,
  ): Promise<OperationResult<K>>;
  /** What the agent knows of an operation; `null` when it never accepted it. */
  readOperation(operationId: string): Promise<OperationResult | null>;
  /**
   * What is staged in the scheduler of this host as one digest (`digestStagedSet`), worked out there; `null` when nothing is.
   * Throws what `scheduler` throws.
   */
  digestStaged(): Promise<StagedDigest | null>;
  /** Reads through the agent's relay to the scheduler on its host. */
  readonly scheduler: SchedulerReader;
}
