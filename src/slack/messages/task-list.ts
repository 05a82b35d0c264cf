import type { AffectedTask, BlastRadius } from '../../aurora/backups.ts';
import type { Recorded } from '../../aurora/journal.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import type { RestoreEvent } from '../../restore/record/events.ts';
import { plain } from '../escape.ts';

/** One line a task, columns between tabs: the file that goes into the thread. */
export function taskListFile(lists: BlastRadius): string {
  const rows = (what: string, tasks: readonly AffectedTask[]) =>
    tasks.map(({ jobKey, instanceId, taskId, status, why }) =>
      [what, jobKeyText(jobKey), String(instanceId), taskId, status, why]
        .map((cell) => plain(cell, 500))
        .join('\t'),
    );
  return [
    ['what', 'job', 'instance', 'task', 'status', 'why'].join('\t'),
    ...rows('killed', lists.killed),
    ...rows('started again', lists.rescheduled),
    ...rows('kept', lists.kept),
    '',
  ].join('\n');
}

/** One line a task that people left out, with who, when and why; each task once, as it was first left out. */
export function leftOutFile(records: readonly Recorded<RestoreEvent>[]): string {
  const rows = new Map<string, string>();
  for (const { event, at } of records) {
    if (event.type !== 'edit-ordered') continue;
    for (const taskId of event.taskIds) {
      const cells = [taskId, event.person.name, new Date(at).toISOString(), event.reason];
      if (!rows.has(taskId)) rows.set(taskId, cells.map((cell) => plain(cell, 500)).join('\t'));
    }
  }
  return [['task', 'left out by', 'at', 'why'].join('\t'), ...rows.values(), ''].join('\n');
}
