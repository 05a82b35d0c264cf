/**
 * A backup that no scheduler survives (aurora.md 16) is never restored as it is. Where only tasks kill, and the scheduler
 * stages it before it would die of it, somebody may choose to leave those out: then nobody can sign while one is in.
 */
import { type BackupReport, isCuredByLeavingOut, type Unlivable } from '../../aurora/backups.ts';
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import { isUnlivable, jobKeyText, type TaskFlaw, type TaskRow } from '../../aurora/tasks.ts';
import { type SortedTasks, sortTasks } from '../../streams/task-spools.ts';
import { procedures } from '../procedures/index.ts';
import type { UnlivableTasks } from '../record/facts.ts';
import type { Refusal } from './gates.ts';

/** Why this backup must not be restored in this way; `null` when it may. `leaveOut`: somebody chose to leave the tasks out. */
export function judgeUnlivable(
  backup: { host: string; name: string; report: Pick<BackupReport, 'verdict' | 'reasons' | 'unlivable'> },
  way: { procedure: RestoreProcedure; leaveOut: boolean },
): Refusal | null {
  const { host, name, report } = backup;
  if (report.verdict !== 'unlivable') return null;
  const { unlivable } = report;
  const curable = unlivable !== undefined && isCuredByLeavingOut(unlivable);
  if (curable && way.leaveOut && procedures[way.procedure].leavesOut) return null;
  return {
    code: 'backup-unlivable',
    message: `No scheduler survives ${name} from ${host}; each one that loads it dies at its start. ${report.reasons.join(' ')}`,
    hint: curable
      ? hintOf(unlivable, way)
      : 'Choose another backup: `/aurora backups` shows which ones are sound.',
  };
}

function hintOf(
  { elements }: Unlivable,
  { procedure, leaveOut }: { procedure: RestoreProcedure; leaveOut: boolean },
): string {
  const tasks = `${elements === 1 ? 'the task' : `the ${elements} tasks`} that kill${elements === 1 ? 's' : ''} it`;
  if (procedures[procedure].leavesOut && !leaveOut)
    return `Choose another backup. If there is none, propose it again and tick that you will leave out ${tasks}.`;
  return `The recovery tool takes a backup as it is. Choose another backup; if there is none, leave out ${tasks} in the staged procedure.`;
}

const shownMax = 10;

/** All tasks of a set, and which of them no scheduler survives; `undefined` when it can live on all of them. */
export interface WatchedTasks {
  readonly rows: SortedTasks;
  readonly unlivable: UnlivableTasks | undefined;
}

/** Read to their end. */
export async function watchTasks(rows: AsyncIterable<TaskRow> | Iterable<TaskRow>): Promise<WatchedTasks> {
  const watch = new TaskWatch();
  const sorted = await sortTasks(watch.watch(rows));
  return { rows: sorted, unlivable: watch.found };
}

/** Notes which tasks those are, while somebody else reads. */
class TaskWatch {
  #tasks = 0;
  readonly #flaws = new Map<TaskFlaw, number>();
  readonly #shown: UnlivableTasks['shown'][number][] = [];

  /** The same rows. */
  async *watch(rows: AsyncIterable<TaskRow> | Iterable<TaskRow>): AsyncGenerator<TaskRow> {
    for await (const row of rows) {
      this.#tasks += 1;
      if (row.flaw !== undefined) this.#note(row, row.flaw);
      yield row;
    }
  }

  /** After the last row; `undefined` when a scheduler can live on all of them. */
  get found(): UnlivableTasks | undefined {
    const kills = ([flaw]: readonly [TaskFlaw, number]): boolean => isUnlivable({ flaw }, this.#tasks);
    const tasks = [...this.#flaws].filter(kills).reduce((sum, [, count]) => sum + count, 0);
    return tasks === 0 ? undefined : { tasks, shown: [...this.#shown] };
  }

  #note({ taskId, jobKey }: TaskRow, flaw: TaskFlaw): void {
    this.#flaws.set(flaw, (this.#flaws.get(flaw) ?? 0) + 1);
    if (this.#shown.length < shownMax) this.#shown.push({ taskId, job: jobKeyText(jobKey), flaw });
  }
}
