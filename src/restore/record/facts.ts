/** What each step found out or made, as its `step-completed` event keeps it. */
import type { BackupReport, BlastRadius, TaskFates } from '../../aurora/backups.ts';
import type { TaskFlaw } from '../../aurora/tasks.ts';
import type { ReconciliationTimers } from '../rules/reconciliation-timers.ts';

/** A row of the summary people read: one job of the blast radius. */
export interface JobEffect {
  /** `role/environment/name` */
  readonly job: string;
  readonly killed: number;
  readonly rescheduled: number;
  readonly kept: number;
  readonly tier: string;
  readonly owner: string;
}

/** The blast radius in counts; the ids are in the document `document` (JSON of `BlastRadius`). */
export interface BlastSummary {
  readonly killed: number;
  readonly rescheduled: number;
  readonly kept: number;
  /** Largest effects first, at most 200. */
  readonly jobs: readonly JobEffect[];
  readonly jobsLeftOut: number;
  /** Every task of the backup, counted once; absent in journals of before they were counted. */
  readonly fates?: TaskFates;
  readonly document: string;
  /** Hex sha256 of the document: names the exact ids. */
  readonly sha256: string;
}

export type { BlastRadius };

export interface CheckedHost {
  readonly host: string;
  readonly service: 'running' | 'stopped';
  readonly flagsSha256: string;
  readonly logFiles: number;
  readonly logBytes: number;
  readonly traffic: string;
}

/** One named check of step 1, as it is shown and recorded. A check that finds several things stands here several times. */
export interface CheckResult {
  /** In words, for people and tests: `clock skew`. */
  readonly name: string;
  readonly verdict: 'pass' | 'warn' | 'refuse';
  /** Absent when it is about the cluster as a whole. */
  readonly host?: string;
  /** A sentence that does not name the host. */
  readonly message: string;
  /** What to do, a sentence; empty when it passes. */
  readonly hint: string;
}

/** Tasks that no scheduler can live on. */
export interface UnlivableTasks {
  readonly tasks: number;
  /** The first ones, at most 10. */
  readonly shown: readonly { readonly taskId: string; readonly job: string; readonly flaw: TaskFlaw }[];
}

/** What the commit gate signs: the tasks that would be restored, and what that costs now. */
export interface Summary {
  /** Where they were read. */
  readonly host: string;
  readonly tasks: number;
  readonly stagedSetDigest: string;
  readonly blast: BlastSummary;
  readonly unchangedSincePlan: boolean;
  readonly commitDigest: string;
  /** The document with what ran when this was worked out; absent from older journals. */
  readonly runningDocument?: string;
  /** How many tasks of the backup people left out; absent when none. */
  readonly leftOut?: number;
  /** What of it no scheduler can live on: nobody can sign while that is in. Absent when there is nothing. */
  readonly unlivable?: UnlivableTasks;
  /** The document with the tasks that are staged, to choose from; absent off-line. */
  readonly stagedDocument?: string;
}

export interface InitializedLog {
  readonly host: string;
  readonly positions: string;
  readonly files: number;
  readonly bytes: number;
}

/** What people decide by at the stop gate and the second look, as it was last shown to them. */
export interface Picture {
  /** The host that leads, `null` when none does. */
  readonly leader: string | null;
  readonly hosts: readonly {
    readonly host: string;
    /** The scheduler process, `null` when none runs or its port is closed. */
    readonly instance: string | null;
    readonly flagsSha256: string;
    /** Whether the process was started with reconciliation held; `null` when it cannot be told. */
    readonly holds: boolean | null;
  }[];
  /** Runs that the leader's process has counted; `null` where nothing counts them, or nobody leads. */
  readonly runs: { readonly explicit: number; readonly implicit: number } | null;
  /** At the second look: tasks that reconciling was to kill, and that have ended already. */
  readonly killedEarly?: number;
}

export interface StepFacts {
  'check-hosts': {
    readonly hosts: readonly CheckedHost[];
    readonly quorum: number;
    /** The host that led when we looked, if one did. */
    readonly leader: string | null;
    readonly clockSkewMsMax: number;
    /** Hosts with a recovery tool; absent when no agent said. */
    readonly recoveryTool?: readonly string[];
    /** What was checked; absent in journals of before it was kept. Refusals end the step and are in its failure. */
    readonly checks?: readonly CheckResult[];
    /** What is watched while people decide about the stop; absent from older journals. */
    readonly picture?: Picture;
    /** By the flags of the hosts before anything was touched; absent in journals of before it was kept. */
    readonly reconciliationTimers?: ReconciliationTimers;
  };
  'choose-backup': {
    readonly report: BackupReport;
    readonly ageMs: number;
    readonly alsoOn: readonly string[];
    readonly stagedSetDigest: string;
  };
  'capture-live-tasks': {
    readonly source: 'mesos' | 'scheduler';
    readonly frameworkId: string;
    readonly tasks: number;
    readonly document: string;
  };
  /** What an earlier restore set aside, on every host. `document` lists what ran before that restore. */
  'check-set-aside': {
    readonly of: string;
    /** Since that restore stopped the schedulers. */
    readonly ageMs: number;
    readonly frameworkId: string;
    readonly hosts: readonly { readonly host: string; readonly files: number; readonly bytes: number }[];
    readonly document: string;
  };
  preview: { readonly blast: BlastSummary; readonly planDigest: string };
  'hold-backup': { readonly path: string };
  'stop-schedulers': { readonly killed: readonly string[] };
  'block-traffic': { readonly notManaged: readonly string[] };
  'set-recovery-flags': { readonly flags: Readonly<Record<string, string | null>> };
  'set-aside-log': {
    readonly hosts: readonly {
      readonly host: string;
      readonly path: string;
      readonly files: number;
      readonly bytes: number;
    }[];
  };
  'initialize-log': { readonly hosts: readonly InitializedLog[] };
  /** `empty`: hosts with an empty directory, whose replicas copy the log from the others before they vote. */
  'initialize-quorum': { readonly hosts: readonly InitializedLog[]; readonly empty: readonly string[] };
  'place-backup-on-one': { readonly host: string; readonly path: string; readonly replaced: boolean };
  'summarise-backup': Summary;
  /** `runs`: how often it was started, failed ones included. `tail` is the end of what it said. */
  'run-recovery-tool': {
    readonly host: string;
    readonly copiedOps: number;
    readonly ms: number;
    readonly runs: number;
    readonly tail: string;
    /** Logs of runs that came to nothing. */
    readonly setAside: readonly { readonly path: string; readonly bytes: number }[];
  };
  /** In the order in which they were started: the refilled one first. */
  'start-quorum': { readonly hosts: readonly string[] };
  'start-remaining': { readonly hosts: readonly string[] };
  'bring-back-log': {
    readonly hosts: readonly { readonly host: string; readonly files: number; readonly bytes: number }[];
  };
  'read-old-state': Summary;
  'place-backup': { readonly replaced: readonly string[] };
  'start-schedulers': { readonly hosts: readonly string[]; readonly waitedForLogGroupMs?: number };
  'find-elected': { readonly host: string; readonly readyAfterMs: number; readonly tasks: number };
  /** `process` names the one that has it, where the agent can tell: another one has forgotten it. */
  'stage-backup': { readonly host: string; readonly process?: string | null };
  'summarise-staged': Summary;
  commit: {
    readonly host: string;
    readonly answer: 'ok' | 'unknown';
    readonly ms: number;
    readonly messages: readonly string[];
  };
  'verify-restored': { readonly host: string; readonly tasks: number };
  'stop-recovery-schedulers': { readonly killed: readonly string[] };
  'restore-flags': { readonly hosts: readonly string[] };
  'start-restored-schedulers': {
    readonly reconciliationInitialDelay: string;
    readonly waitedForLogGroupMs?: number;
  };
  'confirm-leader': { readonly host: string; readonly frameworkId: string; readonly tasks: number };
  'second-look': {
    readonly killedAlready: number;
    readonly startedAlready: number;
    readonly live: number;
    /** What is watched while people look; absent from older journals. */
    readonly picture?: Picture;
  };
  'unblock-traffic': { readonly hosts: readonly string[] };
  'release-reconciliation': { readonly host: string; readonly at: number };
  soak: {
    readonly observed: { readonly killed: number; readonly rescheduled: number; readonly kept: number };
    readonly asPredicted: boolean;
    /** Whether the leader counted a run of each reconciliation; `null` where nothing counts them (up to 0.8). */
    readonly bothRan?: boolean | null;
    /** One sentence a difference, at most 50. */
    readonly differences: readonly string[];
  };
  report: {
    readonly setAside: readonly { readonly host: string; readonly path: string; readonly bytes: number }[];
    /** Things that are not as they were before; empty is the aim. */
    readonly notAsBefore: readonly string[];
    /** Hosts whose scheduler goes on with the long reconciliation delay it was started with, until its next start. */
    readonly restartWanted?: readonly string[];
    readonly leader: string | null;
  };
  'undo-stop-schedulers': { readonly killed: readonly string[] };
  'undo-put-back-log': {
    readonly hosts: readonly {
      readonly host: string;
      readonly path: string;
      readonly files: number;
      readonly bytes: number;
    }[];
  };
  'undo-take-out-backup': { readonly hosts: readonly string[] };
  'undo-restore-flags': { readonly hosts: readonly string[] };
  'undo-unblock-traffic': { readonly hosts: readonly string[] };
  'undo-start-schedulers': { readonly hosts: readonly string[]; readonly waitedForLogGroupMs?: number };
  'undo-confirm-leader': { readonly host: string | null; readonly tasks: number | null };
}

export type StepName = keyof StepFacts;
