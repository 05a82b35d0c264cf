/**
 * What one pass over a backup adds up to, and the verdict on it.
 *
 * The verdict is about what a scheduler would make of the file, measured with a real one (aurora.md 13): many files
 * that are no backups are staged as *empty* with OK, and committing that empties the cluster. So everything a
 * scheduler would silently pass over (a field of the wrong type, a field given twice, an unknown type byte) is `broken`.
 */

import type { BackupReport, BackupVerdict } from '../aurora/backups.ts';
import { jobKeyText, scheduleStatuses, type TaskRow } from '../aurora/tasks.ts';
import { FingerprintSet } from './fingerprint-set.ts';
import { WriterMarks } from './writer-marks.ts';

/** Statuses the file invents are named up to here, then counted together. */
const maxStatuses = 40;

export class BackupFold {
  timestampMs: number | null = null;
  frameworkId: string | null = null;
  cronJobs = 0;
  quotas = 0;
  jobUpdates = 0;
  hostAttributes = 0;
  maintenanceRequests = 0;
  hasDbScript = false;
  readonly marks = new WriterMarks();
  #tasks = 0;
  readonly #byStatus = new Map<string, number>();
  readonly #taskIds = new FingerprintSet();
  readonly #jobs = new FingerprintSet();
  readonly #roles = new FingerprintSet();
  /** Reason → how often. */
  readonly #refusals = new Map<string, number>();

  addTask(row: TaskRow): void {
    this.#tasks += 1;
    this.#countStatus(row.status);
    this.#jobs.add(jobKeyText(row.jobKey));
    this.#roles.add(row.jobKey.role);
    if (!this.#taskIds.add(row.taskId)) this.refuse('a task id that is there twice');
  }

  /** A task that no scheduler can load: counted, with no status. */
  addUnreadableTask(problem: string): void {
    this.#tasks += 1;
    this.refuse(`a task with ${problem}`);
  }

  /** Notes why a scheduler refuses the file, as a phrase. */
  refuse(reason: string): void {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
  }

  /** The report, without the facts of the file itself. */
  report(end: {
    complete: boolean;
    /** Why reading stopped before the end of the struct, as a sentence. */
    problem: string | null;
    /** What else the file may be, as sentences; `null` when its first bytes do not tell. */
    foreign: string | null;
    trailingBytes: number;
    sawInvalidText: boolean;
  }): Omit<BackupReport, 'file' | 'bytes' | 'sha256'> {
    const broken = this.#whyBroken(end);
    const suspicious = this.#whySuspicious(end);
    const verdict: BackupVerdict = broken.length > 0 ? 'broken' : suspicious.length > 0 ? 'suspicious' : 'ok';
    return {
      complete: end.complete,
      verdict,
      // A file that is cut or no backup at all has no time either; saying so as well only hides the reason.
      reasons: end.complete && !this.#isEmpty() ? [...broken, ...suspicious] : broken,
      trailingBytes: end.trailingBytes,
      timestampMs: this.timestampMs,
      frameworkId: this.frameworkId,
      tasks: {
        total: this.#tasks,
        byStatus: Object.fromEntries([...this.#byStatus].sort(([a], [b]) => (a < b ? -1 : 1))),
      },
      jobs: this.#jobs.size,
      roles: this.#roles.size,
      cronJobs: this.cronJobs,
      quotas: this.quotas,
      jobUpdates: this.jobUpdates,
      hostAttributes: this.hostAttributes,
      maintenanceRequests: this.maintenanceRequests,
      hasDbScript: this.hasDbScript,
      ...(verdict !== 'broken' && { writer: this.marks.writer() }),
    };
  }

  #whyBroken(end: { complete: boolean; problem: string | null; foreign: string | null }): string[] {
    const isBackup = end.problem === null && !this.#isEmpty();
    if (!isBackup && end.foreign !== null) return [end.foreign];
    const reasons = end.problem === null ? [] : [end.problem];
    if (end.complete && this.#isEmpty())
      reasons.push(
        'It holds no time, no framework id and no tasks: it is not a backup, yet a scheduler would stage it as an empty cluster.',
      );
    for (const [reason, times] of this.#refusals)
      reasons.push(`A scheduler refuses or misreads it: ${reason}${times > 1 ? ` (${times} times)` : ''}.`);
    return reasons;
  }

  #whySuspicious(end: { trailingBytes: number; sawInvalidText: boolean }): string[] {
    const unknown = [...this.#byStatus.keys()].filter((name) => !Object.hasOwn(scheduleStatuses, name));
    const checks: readonly (readonly [boolean, string])[] = [
      [this.#tasks === 0, 'It holds no tasks: restoring it empties the cluster.'],
      [(this.timestampMs ?? 0) <= 0, 'It holds no time: how old it is cannot be told.'],
      [
        this.frameworkId === null,
        'It holds no framework id: after a commit the scheduler registers as a new framework and every running task is orphaned.',
      ],
      [
        end.trailingBytes > 0,
        `There are ${end.trailingBytes} bytes behind its end, which a scheduler ignores.`,
      ],
      [
        unknown.length > 0,
        `It holds tasks with unknown statuses (${unknown.slice(0, 5).join(', ')}), which a scheduler keeps with no status at all.`,
      ],
      [end.sawInvalidText, 'It holds names that are not UTF-8; they are shown with replacement characters.'],
    ];
    return checks.filter(([applies]) => applies).map(([, reason]) => reason);
  }

  #isEmpty(): boolean {
    return this.timestampMs === null && this.frameworkId === null && this.#tasks === 0;
  }

  #countStatus(status: string): void {
    const name = this.#byStatus.has(status) || this.#byStatus.size < maxStatuses ? status : 'UNKNOWN(other)';
    this.#byStatus.set(name, (this.#byStatus.get(name) ?? 0) + 1);
  }
}
