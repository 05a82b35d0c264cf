import type { AffectedTask, Effect } from '../../aurora/backups.ts';
import type { Recorded } from '../../aurora/journal.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import type { RestoreEvent } from '../../restore/record/events.ts';
import { plain } from '../escape.ts';

/** One line a task, columns between tabs: the file that goes into the thread. */
export async function taskListFile(
  tasks: AsyncIterable<{ readonly effect: Effect; readonly task: AffectedTask }>,
): Promise<string> {
  const lines = [['what', 'job', 'instance', 'task', 'status', 'why'].join('\t')];
  for await (const { effect, task } of tasks) {
    const { jobKey, instanceId, taskId, status, why } = task;
    const cells = [effectWords[effect], jobKeyText(jobKey), String(instanceId), taskId, status, why];
    lines.push(cells.map((cell) => plain(cell, 500)).join('\t'));
  }
  return [...lines, ''].join('\n');
}

const effectWords = {
  killed: 'killed',
  rescheduled: 'started again',
  kept: 'kept',
} as const satisfies Record<Effect, string>;

/** One line a task that people left out, with who, when and why; each task once, as it was first left out. The job is empty where an older journal does not say. */
export function leftOutFile(records: readonly Recorded<RestoreEvent>[]): string {
  const rows = new Map<string, string>();
  for (const { event, at } of records) {
    if (event.type !== 'edit-ordered') continue;
    const jobs = (event.jobs ?? []).flatMap(({ job, tasks }) => Array<string>(tasks).fill(job));
    for (const [index, taskId] of event.taskIds.entries()) {
      const cells = [jobs[index] ?? '', taskId, event.person.name, new Date(at).toISOString(), event.reason];
      if (!rows.has(taskId)) rows.set(taskId, cells.map((cell) => plain(cell, 500)).join('\t'));
    }
  }
  return [['job', 'task', 'left out by', 'at', 'why'].join('\t'), ...rows.values(), ''].join('\n');
}
