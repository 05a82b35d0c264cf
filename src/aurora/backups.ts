import { z } from 'zod';
import type { BackupWriter } from './backup-writer.ts';
import type { BackupProof } from './proof.ts';
import type { TaskRow } from './tasks.ts';

/**
 * `ok`: restore it. `suspicious`: a scheduler takes it, a person must know why not to. `unlivable`: whole, perhaps even
 * staged and committed with OK, and then every scheduler that loads it dies (aurora.md 16). `broken`: refuse.
 */
export type BackupVerdict = 'ok' | 'suspicious' | 'unlivable' | 'broken';

/** An element of a backup that no scheduler can load. */
export interface UnlivableElement {
  readonly kind: 'task' | 'cron job' | 'quota' | 'host' | 'job update' | 'maintenance request';
  /** Its id, key, role or host as the file says it; empty when it says none. */
  readonly name: string;
  /** Where the fault is, in Thrift field ids from the snapshot: `.4[17].1.4.29`. */
  readonly path: string;
  /** A noun phrase: `no task events`. */
  readonly why: string;
}

export interface Unlivable {
  /** How many elements. */
  readonly elements: number;
  /** How many of them are tasks that can be left out between staging and commit. When that is all, leaving out cures it. */
  readonly tasksToLeaveOut: number;
  /** The first ones, at most 10. */
  readonly shown: readonly UnlivableElement[];
}

/** Whether a backup may be restored as it is. */
export function isRestorable({ verdict }: Pick<BackupReport, 'verdict'>): boolean {
  return verdict === 'ok' || verdict === 'suspicious';
}

/** Whether leaving tasks out makes it a backup that a scheduler can live on. */
export function isCuredByLeavingOut({ elements, tasksToLeaveOut }: Unlivable): boolean {
  return elements === tasksToLeaveOut;
}

/** What decoding one file to its last byte tells. Without `writer` it is the `--json` line of `backup inspect`. */
export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hex of the whole file. */
  readonly sha256: string;
  /** The struct's STOP byte was reached. */
  readonly complete: boolean;
  readonly verdict: BackupVerdict;
  /** Sentences for a person, empty when the verdict is `ok`. */
  readonly reasons: readonly string[];
  readonly trailingBytes: number;
  /** Field 1 of the file; `null` when it has none. Never derived from the name or the mtime. */
  readonly timestampMs: number | null;
  readonly frameworkId: string | null;
  readonly tasks: { readonly total: number; readonly byStatus: Readonly<Record<string, number>> };
  /** Distinct job keys among the tasks. */
  readonly jobs: number;
  /** Distinct roles among the tasks. */
  readonly roles: number;
  readonly cronJobs: number;
  readonly quotas: number;
  readonly jobUpdates: number;
  readonly hostAttributes: number;
  readonly maintenanceRequests: number;
  readonly hasDbScript: boolean;
  /** What no scheduler survives; absent when there is nothing. */
  readonly unlivable?: Unlivable;
  /** Absent for a file that is not a whole backup, and in records of before it was looked for. */
  readonly writer?: BackupWriter;
}

/** As agents send it and journals keep it. */
export const backupReportSchema: z.ZodType<BackupReport> = z
  .object({
    file: z.string(),
    bytes: z.number(),
    sha256: z.string(),
    complete: z.boolean(),
    verdict: z.enum(['ok', 'suspicious', 'unlivable', 'broken']),
    reasons: z.array(z.string()).readonly(),
    trailingBytes: z.number(),
    timestampMs: z.number().nullable(),
    frameworkId: z.string().nullable(),
    tasks: z.object({ total: z.number(), byStatus: z.record(z.string(), z.number()) }),
    jobs: z.number(),
    roles: z.number(),
    cronJobs: z.number(),
    quotas: z.number(),
    jobUpdates: z.number(),
    hostAttributes: z.number(),
    maintenanceRequests: z.number(),
    hasDbScript: z.boolean(),
    unlivable: z
      .object({
        elements: z.number(),
        tasksToLeaveOut: z.number(),
        shown: z
          .array(
            z.object({
              kind: z.enum(['task', 'cron job', 'quota', 'host', 'job update', 'maintenance request']),
              name: z.string(),
              path: z.string().describe('Thrift field ids from the snapshot.'),
              why: z.string(),
            }),
          )
          .readonly(),
      })
      .exactOptional()
      .describe('What no scheduler survives.'),
    writer: z
      .object({
        version: z.string().nullable().describe('What the backup says itself.'),
        lifetime: z
          .object({ from: z.number().exactOptional(), to: z.number().exactOptional() })
          .describe('Minor numbers of the releases that write backups of this form.'),
        storesOnlyInDump: z.boolean(),
      })
      .exactOptional(),
  })
  .meta({ id: 'BackupReport' });

/** A file in a host's backup directory, with what its agent found in it. */
export interface BackupFile {
  /** Matches `scheduler-backup-yyyy-MM-dd-HH-mm`. */
  readonly name: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly report: BackupReport;
  /** What giving it to a scheduler of this host has shown; absent when nobody did, and from agents that do not. */
  readonly proof?: BackupProof;
}

/** A file that its agent has still to read. */
export interface UnreadBackup {
  readonly name: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly reading: true;
}

/** What an agent knows of its host's backups at once. */
export interface KnownBackups {
  /** Newest content first. */
  readonly files: readonly BackupFile[];
  /** The newest name first, which is the order in which they are read. */
  readonly reading: readonly UnreadBackup[];
}

export const backupNamePattern = /^scheduler-backup-\d{4}-\d\d-\d\d-\d\d-\d\d$/;

/** What a restore does to the tasks that run now (aurora.md 11.3), list by list. */
export type Effect = 'killed' | 'rescheduled' | 'kept';

/** In order of task id. Read as often as wanted; `drain` once, and it is gone from memory as it is read. */
export interface AffectedTasks extends AsyncIterable<AffectedTask> {
  readonly size: number;
  drain(): AsyncIterable<AffectedTask>;
}

/** All lists, and what becomes of all the others. */
export interface CountedBlastRadius extends Readonly<Record<Effect, AffectedTasks>> {
  readonly fates: TaskFates;
}

/** What becomes of the tasks in a backup: each is counted once, and all of them are. */
export interface TaskFates {
  /** Runs, is killed, and nothing is started in its place. */
  readonly killed: number;
  /** Runs, is killed, and is started again. */
  readonly replaced: number;
  /** Runs nowhere, and is started again. */
  readonly startedAgain: number;
  readonly kept: number;
  /** PENDING or THROTTLED, and runs nowhere: placed as usual. */
  readonly waiting: number;
  /** Has ended, or was about to and is gone: history. */
  readonly ended: number;
  /** INIT: written down, never handed to the scheduling; nothing starts it, and nothing ends it. */
  readonly neverStarted: number;
  /** Of a status that no rule knows, and runs nowhere. */
  readonly unknown: number;
}

export interface AffectedTask extends TaskRow {
  /** Why, in the words of aurora.md 11.3: `absent`, `terminal in the backup`, `no longer running`, … */
  readonly why: string;
}
