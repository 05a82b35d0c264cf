import { z } from 'zod';
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
