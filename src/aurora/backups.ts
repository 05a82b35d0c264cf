import type { BackupWriter } from './backup-writer.ts';
import type { TaskRow } from './tasks.ts';

/** `ok`: restore it. `suspicious`: a scheduler takes it, a person must know why not to. `broken`: refuse. */
export type BackupVerdict = 'ok' | 'suspicious' | 'broken';

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
  /** Absent for a file that is no whole backup, and in records of before it was looked for. */
  readonly writer?: BackupWriter;
}

/** A file in a host's backup directory, with what its agent found in it. */
export interface BackupFile {
  /** Matches `scheduler-backup-yyyy-MM-dd-HH-mm`. */
  readonly name: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly report: BackupReport;
}

export const backupNamePattern = /^scheduler-backup-\d{4}-\d\d-\d\d-\d\d-\d\d$/;

/** What a restore does to the tasks that run now (aurora.md 11.3). Ids are sorted. */
export interface BlastRadius {
  readonly killed: readonly AffectedTask[];
  readonly rescheduled: readonly AffectedTask[];
  readonly kept: readonly AffectedTask[];
}

export interface AffectedTask extends TaskRow {
  /** Why, in the words of aurora.md 11.3: `absent`, `terminal in the backup`, `not running any more`, … */
  readonly why: string;
}
