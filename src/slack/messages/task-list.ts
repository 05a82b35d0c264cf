import { z } from 'zod';
import type { Recorded } from '../../aurora/journal.ts';
import type { RestoreEvent } from '../../restore/record/events.ts';
import { plain } from '../escape.ts';

const affected = z.object({
  taskId: z.string(),
  jobKey: z.object({ role: z.string(), environment: z.string(), name: z.string() }),
  instanceId: z.number(),
  status: z.string(),
  why: z.string(),
});
const blast = z.object({
  killed: z.array(affected),
  rescheduled: z.array(affected),
  kept: z.array(affected),
});

/** One line a task, columns between tabs: the file that goes into the thread. `text` is a kept `BlastRadius`. */
export function taskListFile(text: string): string {
  const lists = blast.parse(JSON.parse(text));
  const rows = (what: string, tasks: readonly z.infer<typeof affected>[]) =>
    tasks.map(({ jobKey, instanceId, taskId, status, why }) =>
      [what, `${jobKey.role}/${jobKey.environment}/${jobKey.name}`, String(instanceId), taskId, status, why]
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
