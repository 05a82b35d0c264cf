/** What each step found out or made, as its `step-completed` event keeps it. */
import { z } from 'zod';
import { backupReportSchema, type TaskFates } from '../../aurora/backups.ts';
import { diagnosisSchema } from '../../aurora/diagnosis.ts';
import { taskFlawSchema } from '../../aurora/tasks.ts';
import type { ReconciliationTimers } from '../rules/reconciliation-timers.ts';
import { listOf, struct } from './words.ts';

/** A row of the summary people read: one job of the blast radius. */
const jobEffect = struct({
  /** `role/environment/name` */
  job: z.string(),
  killed: z.number(),
  rescheduled: z.number(),
  kept: z.number(),
  tier: z.string(),
  owner: z.string(),
});
export type JobEffect = z.infer<typeof jobEffect>;

const taskFates = struct({
  killed: z.number(),
  replaced: z.number(),
  startedAgain: z.number(),
  kept: z.number(),
  waiting: z.number(),
  ended: z.number(),
  neverStarted: z.number(),
  unknown: z.number(),
} satisfies Record<keyof TaskFates, z.ZodType>);

/** The blast radius in counts; the ids are in the document `document` (JSON of `BlastRadius`). */
const blastSummary = struct({
  killed: z.number(),
  rescheduled: z.number(),
  kept: z.number(),
  /** Largest effects first, at most 200. */
  jobs: listOf(jobEffect),
  jobsLeftOut: z.number(),
  /** Every task of the backup, counted once; absent in journals of before they were counted. */
  fates: taskFates.exactOptional(),
  document: z.string(),
  /** Hex sha256 of the document: names the exact ids. */
  sha256: z.string(),
});
export type BlastSummary = z.infer<typeof blastSummary>;

const checkedHost = struct({
  host: z.string(),
  service: z.enum(['running', 'stopped']),
  flagsSha256: z.string(),
  logFiles: z.number(),
  logBytes: z.number(),
  traffic: z.string(),
});

/** One named check of `check-hosts`, as it is shown and recorded. A check that finds several things stands here several times. */
const checkResult = struct({
  /** In words, for people and tests: `clock skew`. */
  name: z.string(),
  verdict: z.enum(['pass', 'warn', 'refuse']),
  /** Absent when it is about the cluster as a whole. */
  host: z.string().exactOptional(),
  /** A sentence that does not name the host. */
  message: z.string(),
  /** What to do, a sentence; empty when it passes. */
  hint: z.string(),
});
export type CheckResult = z.infer<typeof checkResult>;

/** Tasks that no scheduler survives. */
const unlivableTasks = struct({
  tasks: z.number(),
  /** The first ones, at most 10. */
  shown: listOf(struct({ taskId: z.string(), job: z.string(), flaw: taskFlawSchema })),
});
export type UnlivableTasks = z.infer<typeof unlivableTasks>;

/** What the commit gate signs: the tasks that would be restored, and what that costs now. */
const summary = struct({
  /** Where they were read. */
  host: z.string(),
  tasks: z.number(),
  stagedSetDigest: z.string(),
  blast: blastSummary,
  unchangedSincePlan: z.boolean(),
  commitDigest: z.string(),
  /** The document with what ran when this was worked out; absent from older journals. */
  runningDocument: z.string().exactOptional(),
  /** How many tasks of the backup people left out; absent when none. */
  leftOut: z.number().exactOptional(),
  /** What of it no scheduler survives: nobody can sign while that is in. Absent when there is nothing. */
  unlivable: unlivableTasks.exactOptional(),
  /** The document with the tasks that are staged, to choose from; absent off-line. */
  stagedDocument: z.string().exactOptional(),
});
export type Summary = z.infer<typeof summary>;

const initializedLog = struct({
  host: z.string(),
  positions: z.string(),
  files: z.number(),
  bytes: z.number(),
});
export type InitializedLog = z.infer<typeof initializedLog>;

/** What people decide by at the stop gate and the second look, as it was last shown to them. */
export const picture = struct({
  /** The host that leads, `null` when none does. */
  leader: z.string().nullable(),
  hosts: listOf(
    struct({
      host: z.string(),
      /** The scheduler process, `null` when none runs or its port is closed. */
      instance: z.string().nullable(),
      flagsSha256: z.string(),
      /** Whether the process was started with reconciliation held; `null` when it cannot be told. */
      holds: z.boolean().nullable(),
    }),
  ),
  /** Runs that the leader's process has counted; `null` where nothing counts them, or nobody leads. */
  runs: struct({ explicit: z.number(), implicit: z.number() }).nullable(),
  /** At the second look: tasks that reconciling was to kill, and that have ended already. */
  killedEarly: z.number().exactOptional(),
});
export type Picture = z.infer<typeof picture>;

const reconciliationTimers = struct({
  explicitMs: z.number(),
  implicitMs: z.number(),
} satisfies Record<keyof ReconciliationTimers, z.ZodType>);

const hostNames = listOf(z.string());
const movedLogs = listOf(
  struct({ host: z.string(), path: z.string(), files: z.number(), bytes: z.number() }),
);
const logSizes = listOf(struct({ host: z.string(), files: z.number(), bytes: z.number() }));
/** `waitedForLogGroupMs`: of the first shape, in which a stop waited for the log group; nothing reads it. */
const stopped = struct({ killed: hostNames, waitedForLogGroupMs: z.number().exactOptional() });

export const stepFacts = {
  'check-hosts': struct({
    hosts: listOf(checkedHost),
    quorum: z.number(),
    /** The host that led when we looked, if one did. */
    leader: z.string().nullable(),
    clockSkewMsMax: z.number(),
    /** Hosts with a recovery tool; absent when no agent said. */
    recoveryTool: hostNames.exactOptional(),
    /** What was checked; absent in journals of before it was kept. Refusals end the step and are in its failure. */
    checks: listOf(checkResult).exactOptional(),
    /** How the cluster was then, and what to try before a restore; absent from older journals. */
    diagnosis: diagnosisSchema.exactOptional(),
    /** What is watched while people decide about the stop; absent from older journals. */
    picture: picture.exactOptional(),
    /** By the flags of the hosts before anything was touched; absent in journals of before it was kept. */
    reconciliationTimers: reconciliationTimers.exactOptional(),
  }),
  'choose-backup': struct({
    report: backupReportSchema,
    ageMs: z.number(),
    alsoOn: hostNames,
    stagedSetDigest: z.string(),
  }),
  'capture-live-tasks': struct({
    source: z.enum(['mesos', 'scheduler']),
    frameworkId: z.string(),
    tasks: z.number(),
    document: z.string(),
  }),
  /** What an earlier restore set aside, on every host. `document` lists what ran before that restore. */
  'check-set-aside': struct({
    of: z.string(),
    /** Since that restore stopped the schedulers. */
    ageMs: z.number(),
    frameworkId: z.string(),
    hosts: logSizes,
    document: z.string(),
  }),
  preview: struct({ blast: blastSummary, planDigest: z.string() }),
  'hold-backup': struct({ path: z.string() }),
  'stop-schedulers': stopped,
  'block-traffic': struct({ notManaged: hostNames }),
  'set-recovery-flags': struct({ flags: z.record(z.string(), z.string().nullable()).readonly() }),
  'set-aside-log': struct({ hosts: movedLogs }),
  'initialize-log': struct({ hosts: listOf(initializedLog) }),
  /** `empty`: hosts with an empty directory, whose replicas copy the log from the others before they vote. */
  'initialize-quorum': struct({ hosts: listOf(initializedLog), empty: hostNames }),
  'place-backup-on-one': struct({ host: z.string(), path: z.string(), replaced: z.boolean() }),
  'summarise-backup': summary,
  /** `runs`: how often it was started, failed ones included. `tail` is the end of what it said. */
  'run-recovery-tool': struct({
    host: z.string(),
    copiedOps: z.number(),
    ms: z.number(),
    runs: z.number(),
    tail: z.string(),
    /** Logs of runs that came to nothing. */
    setAside: listOf(struct({ path: z.string(), bytes: z.number() })),
  }),
  /** In the order in which they were started: the refilled one first. */
  'start-quorum': struct({ hosts: hostNames }),
  'start-remaining': struct({ hosts: hostNames }),
  'bring-back-log': struct({ hosts: logSizes }),
  'read-old-state': summary,
  'place-backup': struct({ replaced: hostNames }),
  'start-schedulers': struct({ hosts: hostNames, waitedForLogGroupMs: z.number().exactOptional() }),
  'find-elected': struct({ host: z.string(), readyAfterMs: z.number(), tasks: z.number() }),
  'stage-backup': struct({
    host: z.string(),
    /** Names the process that has it, where the agent can tell: another one has forgotten it. */
    process: z.string().nullable().exactOptional(),
    /** What named it before `process` did; nothing reads it. */
    pid: z.number().nullable().exactOptional(),
  }),
  'summarise-staged': summary,
  commit: struct({
    host: z.string(),
    answer: z.enum(['ok', 'unknown']),
    ms: z.number(),
    messages: listOf(z.string()),
  }),
  'verify-restored': struct({ host: z.string(), tasks: z.number() }),
  'stop-recovery-schedulers': stopped,
  'restore-flags': struct({ hosts: hostNames }),
  'start-restored-schedulers': struct({
    reconciliationInitialDelay: z.string(),
    waitedForLogGroupMs: z.number().exactOptional(),
  }),
  'confirm-leader': struct({ host: z.string(), frameworkId: z.string(), tasks: z.number() }),
  'second-look': struct({
    killedAlready: z.number(),
    startedAlready: z.number(),
    live: z.number(),
    /** What is watched while people look; absent from older journals. */
    picture: picture.exactOptional(),
  }),
  /** Only in the plan of a restore in which somebody has ordered it. */
  'open-traffic': struct({ hosts: hostNames }),
  'unblock-traffic': struct({ hosts: hostNames }),
  'release-reconciliation': struct({
    host: z.string(),
    at: z.number(),
    /** What the asked process had counted, before that was a document of its own; nothing reads it. */
    before: struct({
      process: z.string().nullable(),
      explicit: z.number(),
      implicit: z.number(),
    }).exactOptional(),
  }),
  soak: struct({
    observed: struct({ killed: z.number(), rescheduled: z.number(), kept: z.number() }),
    asPredicted: z.boolean(),
    /** Whether the leader counted a run of each reconciliation; `null` where nothing counts them (up to 0.8). */
    bothRan: z.boolean().nullable().exactOptional(),
    /** One sentence a difference, at most 50. */
    differences: listOf(z.string()),
  }),
  report: struct({
    setAside: listOf(struct({ host: z.string(), path: z.string(), bytes: z.number() })),
    /** After an undo, logs that this restore had made and that had to make room; absent where there are none. */
    movedAway: listOf(struct({ host: z.string(), path: z.string() })).exactOptional(),
    /** Things that are not as they were before; empty is the aim. */
    notAsBefore: listOf(z.string()),
    /** Hosts whose scheduler goes on with the long reconciliation delay it was started with, until its next start. */
    restartWanted: hostNames.exactOptional(),
    /** What hosts did without the signatures that they will require one day, a sentence each. */
    unsigned: listOf(struct({ host: z.string(), says: z.string() })).exactOptional(),
    leader: z.string().nullable(),
  }),
  'undo-stop-schedulers': stopped,
  'undo-put-back-log': struct({ hosts: movedLogs }),
  'undo-take-out-backup': struct({ hosts: hostNames }),
  'undo-restore-flags': struct({ hosts: hostNames }),
  'undo-unblock-traffic': struct({ hosts: hostNames }),
  'undo-start-schedulers': struct({ hosts: hostNames, waitedForLogGroupMs: z.number().exactOptional() }),
  'undo-confirm-leader': struct({ host: z.string().nullable(), tasks: z.number().nullable() }),
};

export type StepName = keyof typeof stepFacts;
export type StepFacts = { [N in StepName]: z.infer<(typeof stepFacts)[N]> };

export const stepName = z.enum(Object.keys(stepFacts) as [StepName, ...StepName[]]);
