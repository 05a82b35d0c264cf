/**
 * What an agent can do to its host. The names are stored in journals: once released they are promises.
 * `minSigners` is how many distinct people must have signed before an agent does it (design promise 3).
 */
export const operationKinds = {
  'hold-backup': { minSigners: 0 },
  'receive-backup': { minSigners: 0 },
  'stop-scheduler': { minSigners: 1 },
  'start-scheduler': { minSigners: 1 },
  'block-traffic': { minSigners: 1 },
  'unblock-traffic': { minSigners: 1 },
  'set-flags': { minSigners: 1 },
  'restore-flags': { minSigners: 1 },
  'set-aside-log': { minSigners: 1 },
  'initialize-log': { minSigners: 1 },
  'set-aside-new-log': { minSigners: 1 },
  'put-back-log': { minSigners: 1 },
  'bring-back-log': { minSigners: 1 },
  'place-backup': { minSigners: 1 },
  'take-out-backup': { minSigners: 1 },
  'stage-backup': { minSigners: 1 },
  'unload-backup': { minSigners: 1 },
  'delete-staged-tasks': { minSigners: 1 },
  'commit-recovery': { minSigners: 2 },
  'run-recovery-tool': { minSigners: 2 },
  'reconcile-explicit': { minSigners: 1 },
  'reconcile-implicit': { minSigners: 1 },
} as const satisfies Record<string, { minSigners: number }>;

export type OperationKind = keyof typeof operationKinds;

/** Arguments by kind. Everything an operation needs is here; nothing is remembered between two of them. */
export interface OperationParams {
  /** Copy the backup out of rotation's reach, into the restore's hold directory. */
  'hold-backup': { name: string; sha256: string };
  /** Fetch the held backup from the bot's upload (see `HostAgent.uploadBackup`), into the hold directory. */
  'receive-backup': { name: string; sha256: string };
  /** Stop and stay stopped: SIGTERM, after `graceMs` SIGKILL, and say which. */
  'stop-scheduler': { graceMs: number };
  'start-scheduler': Record<string, never>;
  'block-traffic': Record<string, never>;
  'unblock-traffic': Record<string, never>;
  /** Replace values of scheduler flags (never append a second one); `null` removes the flag. The original file is set aside once per restore. */
  'set-flags': { flags: Record<string, string | null> };
  /** Put the original flag file back, byte for byte. */
  'restore-flags': Record<string, never>;
  'set-aside-log': Record<string, never>;
  'initialize-log': Record<string, never>;
  /** Move whatever log this restore has made there aside, and leave an empty directory: a replica in it does not vote. */
  'set-aside-new-log': Record<string, never>;
  /** Move the new log away and rename the set-aside directory back. */
  'put-back-log': Record<string, never>;
  /** Copy the log that an earlier restore set aside into place; what that restore set aside stays where it is. */
  'bring-back-log': { of: string };
  /** Copy the held backup into the backup directory under its own name. */
  'place-backup': { name: string; sha256: string };
  /** Undo of `place-backup`: move what that put there back out; a file that was there before stays. */
  'take-out-backup': { name: string; sha256: string };
  'stage-backup': { name: string };
  'unload-backup': Record<string, never>;
  'delete-staged-tasks': { taskIds: string[] };
  'commit-recovery': Record<string, never>;
  /** Fill the blank log from the placed backup, off-line. `flags` stand in for the scheduler's own values. */
  'run-recovery-tool': { name: string; sha256: string; flags: Record<string, string> };
  'reconcile-explicit': Record<string, never>;
  'reconcile-implicit': Record<string, never>;
}

/** Facts an operation found or made; small, plain, shown in the thread and kept in the record. */
export interface OperationEvidence {
  'hold-backup': { path: string; bytes: number };
  'receive-backup': { path: string; bytes: number };
  'stop-scheduler': { pid: number | null; killed: boolean; stoppedInMs: number };
  /** Read back from the process, where the service manager names it: its release, and how many flags are as in the file. */
  'start-scheduler': { pid: number | null; auroraVersion?: string | null; flagsRead?: number };
  'block-traffic': Record<string, never>;
  'unblock-traffic': Record<string, never>;
  'set-flags': { setAside: string; sha256Before: string; sha256After: string };
  'restore-flags': { sha256: string };
  'set-aside-log': { path: string; files: number; bytes: number };
  /** `positions` is what the tool printed, `0 -> 0` for a blank log. */
  'initialize-log': { exitCode: number; positions: string; persisted: boolean; files: number; bytes: number };
  /** `bytes` of what was moved. */
  'set-aside-new-log': { path: string; movedTo: string | null; bytes: number };
  'put-back-log': { path: string; movedNewLogTo: string | null; files: number; bytes: number };
  'bring-back-log': { path: string; from: string; files: number; bytes: number };
  'place-backup': { path: string; replaced: string | null };
  'take-out-backup': { movedTo: string | null };
  'stage-backup': SchedulerAnswer;
  'unload-backup': SchedulerAnswer;
  'delete-staged-tasks': SchedulerAnswer;
  'commit-recovery': SchedulerAnswer;
  /** `copiedOps` and `ms` as the tool said them; `tail` is the end of its output. */
  'run-recovery-tool': { exitCode: number; copiedOps: number; ms: number; tail: string };
  'reconcile-explicit': SchedulerAnswer;
  'reconcile-implicit': SchedulerAnswer;
}

/**
 * How the local scheduler answered a changing call. `no-reply` means sent and unknown (aurora.md 4.4);
 * `not-ready` means refused before anything was done (ERROR_TRANSIENT, `Storage is not READY`).
 */
export interface SchedulerAnswer {
  readonly answer: 'ok' | 'error' | 'not-ready' | 'no-reply';
  readonly messages: readonly string[];
  readonly ms: number;
}

/** A sign-off as a grant carries it. */
export interface GrantSigner {
  /** `team:user`, the person's stable id. */
  readonly person: string;
  readonly gate: string;
  readonly at: number;
}

/** What the bot signs for one operation; the agent checks every field (design promise 3). */
export interface GrantPayload {
  readonly operationId: string;
  readonly kind: OperationKind;
  /** Hex sha256 of the canonical JSON of the params. */
  readonly paramsSha256: string;
  readonly restoreId: string;
  readonly cluster: string;
  readonly step: string;
  readonly host: string;
  /** The digest the signers signed. */
  readonly digest: string;
  readonly fence: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly signers: readonly GrantSigner[];
}

export interface Grant {
  readonly payload: GrantPayload;
  /** Base64 Ed25519 signature over the canonical JSON of the payload. */
  readonly signature: string;
}

export interface OperationRequest<K extends OperationKind = OperationKind> {
  readonly operationId: string;
  readonly kind: K;
  readonly params: OperationParams[K];
  readonly grant: Grant;
}

/**
 * `done`: the host is as asked (`changed` tells whether this operation changed it). `failed`: it is not, and the host
 * is as before or as `message` says. `uncertain`: the agent was interrupted and the host cannot tell. `running`: ask again.
 * A refused request is an AuroraError of code `grant-refused` and leaves no trace but the audit line.
 */
export type OperationResult<K extends OperationKind = OperationKind> =
  | OperationEnd<K>
  | (OperationName<K> & { readonly state: 'running' });

/** An operation that has come to an end; see `OperationResult` for what each state means. */
export type OperationEnd<K extends OperationKind = OperationKind> = OperationName<K> &
  (
    | {
        readonly state: 'done';
        readonly changed: boolean;
        readonly evidence: OperationEvidence[K];
        readonly finishedAt: number;
      }
    | {
        readonly state: 'failed';
        readonly message: string;
        readonly hint: string;
        readonly finishedAt: number;
      }
    | { readonly state: 'uncertain'; readonly message: string; readonly hint: string }
  );

interface OperationName<K extends OperationKind> {
  readonly operationId: string;
  readonly kind: K;
}

/** JSON with sorted keys and no blanks: the one form that is signed and hashed. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
