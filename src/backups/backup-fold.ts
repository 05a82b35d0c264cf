/**
 * What one pass over a backup adds up to, and the verdict on it.
 *
 * The verdict is about what a scheduler would make of the file, measured with a real one (aurora.md 13): many files
 * that are no backups are staged as *empty* with OK, and committing that empties the cluster. So everything a
 * scheduler would silently pass over (a field of the wrong type, a field given twice, an unknown type byte) is `broken`,
 * and an element that kills whoever loads it (aurora.md 16) makes it `unlivable`.
 */

import type { BackupReport, BackupVerdict, Unlivable } from '../aurora/backups.ts';
import {
  isUnlivable,
  jobKeyText,
  scheduleStatuses,
  statusName,
  type TaskFlaw,
  type TaskRow,
} from '../aurora/tasks.ts';
import type { Misfit } from '../thrift/shape.ts';
import { Fingerprint, FingerprintSet } from './fingerprint-set.ts';
import type { PlainTask } from './plain-task.ts';
import { explainUnlivable, UnlivableElements } from './unlivable.ts';
import { WriterMarks } from './writer-marks.ts';

/** Statuses the file invents are named up to here, then counted together. */
const maxStatuses = 40;

const idTwice = 'a task id that is there twice';

interface Counter {
  tasks: number;
}

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
  readonly unlivable = new UnlivableElements();
  #tasks = 0;
  #unreadable = 0;
  #withoutEvents = 0;
  #hasEmptyId = false;
  readonly #byStatus = new Map<string, Counter>();
  /** The same by number: to look a name up for each task takes longer than to read it. */
  readonly #byNumber: (Counter | undefined)[] = Array.from({ length: 64 }, () => undefined);
  readonly #taskIds = new FingerprintSet();
  readonly #ofJob = new Fingerprint();
  readonly #jobs = new FingerprintSet();
  readonly #roles = new FingerprintSet();
  /** Reason → how often. */
  readonly #refusals = new Map<string, number>();

  /** `misfit`: what is wrong with it beside its row. */
  addTask(row: TaskRow, place: { index: number; misfit: Misfit | undefined }): void {
    this.#tasks += 1;
    this.#counterOf(row.status).tasks += 1;
    const { role, environment, name } = row.jobKey;
    this.#jobs.addFingerprint(this.#ofJob.begin().text(role).text(environment).text(name));
    this.#roles.add(row.jobKey.role);
    if (!this.#taskIds.add(row.taskId)) this.refuse(idTwice);
    if (row.taskId === '') this.#hasEmptyId = true;
    if (row.flaw === 'no task events') this.#withoutEvents += 1;
    const why = place.misfit?.what ?? row.flaw;
    if (why === undefined) return;
    const within = place.misfit?.path ?? (row.flaw === undefined ? '' : flawPaths[row.flaw]);
    this.unlivable.add(
      {
        kind: 'task',
        name: `${row.taskId} of ${jobKeyText(row.jobKey)}`,
        path: `.4[${place.index}]${within}`,
        why,
      },
      { leavable: place.misfit === undefined },
    );
  }

  /** A task with nothing wrong, which nobody wants the row of. */
  addPlainTask(task: PlainTask): void {
    this.#tasks += 1;
    this.#counterOfNumber(task.status).tasks += 1;
    this.#jobs.addFingerprint(task.job);
    this.#roles.addFingerprint(task.role);
    if (!this.#taskIds.addFingerprint(task.taskId)) this.refuse(idTwice);
  }

  /** A task that no scheduler can load: counted, with no status. */
  addUnreadableTask(task: { index: number; path: string; why: string; taskId: string | undefined }): void {
    this.#tasks += 1;
    this.#unreadable += 1;
    const { index, path, why, taskId = '' } = task;
    this.unlivable.add({ kind: 'task', name: taskId, path: `.4[${index}]${path}`, why });
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
    const unlivable = end.complete ? this.#findUnlivable() : undefined;
    const verdict = verdictOf({ broken, unlivable, suspicious });
    return {
      complete: end.complete,
      verdict,
      // A file that is cut or no backup at all has no time either; saying so as well only hides the reason.
      reasons:
        end.complete && !this.#isEmpty()
          ? [...broken, ...(unlivable === undefined ? [] : explainUnlivable(unlivable)), ...suspicious]
          : broken,
      trailingBytes: end.trailingBytes,
      timestampMs: this.timestampMs,
      frameworkId: this.frameworkId,
      tasks: {
        total: this.#tasks,
        byStatus: Object.fromEntries(
          [...this.#byStatus]
            .map(([name, { tasks }]) => [name, tasks] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      },
      jobs: this.#jobs.size,
      roles: this.#roles.size,
      cronJobs: this.cronJobs,
      quotas: this.quotas,
      jobUpdates: this.jobUpdates,
      hostAttributes: this.hostAttributes,
      maintenanceRequests: this.maintenanceRequests,
      hasDbScript: this.hasDbScript,
      ...(unlivable !== undefined && { unlivable }),
      ...(verdict !== 'broken' && { writer: this.marks.writer() }),
    };
  }

  #whyBroken(end: { complete: boolean; problem: string | null; foreign: string | null }): string[] {
    const isBackup = end.problem === null && !this.#isEmpty();
    if (!isBackup && end.foreign !== null) return [end.foreign];
    const reasons = end.problem === null ? [] : [end.problem];
    if (end.complete && this.#isEmpty())
      reasons.push(
        'It has no timestamp, no framework id and no tasks: it is not a backup, yet a scheduler would stage it as an empty cluster.',
      );
    if (this.#tasks > 0 && this.#unreadable === this.#tasks)
      reasons.push('Every one of its tasks is unreadable: a scheduler refuses it.');
    for (const [reason, times] of this.#refusals)
      reasons.push(`A scheduler refuses or misreads it: ${reason}${times > 1 ? ` (${times} times)` : ''}.`);
    return reasons;
  }

  #whySuspicious(end: { trailingBytes: number; sawInvalidText: boolean }): string[] {
    const unknown = [...this.#byStatus.keys()].filter((name) => !Object.hasOwn(scheduleStatuses, name));
    const checks: readonly (readonly [boolean, string])[] = [
      [this.#tasks === 0, 'It has no tasks: restoring it empties the cluster.'],
      [(this.timestampMs ?? 0) <= 0, 'It has no timestamp: its age is unknown.'],
      [
        this.frameworkId === null,
        'It has no framework id: after a commit the scheduler registers as a new framework and every running task is orphaned.',
      ],
      [
        end.trailingBytes > 0,
        `There are ${end.trailingBytes} bytes after its end, which a scheduler ignores.`,
      ],
      [
        unknown.length > 0,
        `It holds tasks with unknown statuses (${unknown.slice(0, 5).join(', ')}), which a scheduler keeps with no status at all.`,
      ],
      [this.#hasEmptyId, 'It holds a task with an empty id, which a scheduler keeps.'],
      [
        this.#isAloneWithoutEvents(),
        'Its only task has no task events: a scheduler runs on it until there is a second task, and then dies at its next start.',
      ],
      [end.sawInvalidText, 'It holds names that are not UTF-8; they are shown with replacement characters.'],
    ];
    return checks.filter(([applies]) => applies).map(([, reason]) => reason);
  }

  /** Task events are asked for when tasks are compared, and one alone never is. */
  #findUnlivable(): Unlivable | undefined {
    const { found } = this.unlivable;
    return found?.elements === 1 && this.#isAloneWithoutEvents() ? undefined : found;
  }

  #isAloneWithoutEvents(): boolean {
    return this.#withoutEvents === 1 && !isUnlivable({ flaw: 'no task events' }, this.#tasks);
  }

  #isEmpty(): boolean {
    return this.timestampMs === null && this.frameworkId === null && this.#tasks === 0;
  }

  #counterOfNumber(status: number): Counter {
    const known = this.#byNumber[status & 63];
    if (known !== undefined && status >= 0 && status < 64) return known;
    const counter = this.#counterOf(statusName(status));
    if (status >= 0 && status < 64) this.#byNumber[status] = counter;
    return counter;
  }

  #counterOf(status: string): Counter {
    const name = this.#byStatus.has(status) || this.#byStatus.size < maxStatuses ? status : 'UNKNOWN(other)';
    const counter = this.#byStatus.get(name) ?? { tasks: 0 };
    this.#byStatus.set(name, counter);
    return counter;
  }
}

/** Where in a task the flaw is. */
const flawPaths: Readonly<Record<TaskFlaw, string>> = {
  'no task events': '.4',
  'no role': '.1.4.28.1',
  'no environment': '.1.4.28.2',
  'no job name': '.1.4.28.3',
};

function verdictOf(why: {
  broken: readonly string[];
  unlivable: Unlivable | undefined;
  suspicious: readonly string[];
}): BackupVerdict {
  if (why.broken.length > 0) return 'broken';
  if (why.unlivable !== undefined) return 'unlivable';
  return why.suspicious.length > 0 ? 'suspicious' : 'ok';
}
