import { AuroraError } from '../aurora/errors.ts';
import type { LiveTask } from '../aurora/mesos.ts';
import type { MesosTask } from './answers.ts';

/**
 * States of a task that has, or is getting, a process (mesos.md 4.6). Ended and unacknowledged tasks are listed beside
 * them, and so are lost ones, of which nobody knows.
 */
const liveStates: ReadonlySet<string> = new Set([
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
]);

/** Label by which Aurora tells Mesos the tier of a task. */
const tierLabel = 'org.apache.aurora.tier';

/** The live tasks of one framework. */
export async function* liveTasksOf(
  frameworkId: string,
  tasks: AsyncIterable<MesosTask>,
): AsyncGenerator<LiveTask> {
  for await (const task of tasks)
    if (task.framework_id.value === frameworkId && liveStates.has(task.state)) yield toLiveTask(task);
}

/** The error for a master that answers and cannot know yet. `why` ends up in the sentence. */
export function censusUntrusted(
  why: string,
  more: { hint?: string; details?: Record<string, unknown> } = {},
): AuroraError {
  return new AuroraError({
    code: 'census-untrusted',
    message: `The Mesos master cannot say yet which tasks run: ${why}.`,
    hint:
      more.hint ??
      'Wait until its agents have registered again (10 minutes after a master election by default) and ask again. Do not read a short list as "few tasks run".',
    ...(more.details === undefined ? {} : { details: more.details }),
  });
}

function toLiveTask(task: MesosTask): LiveTask {
  const tier = task.labels?.labels.find(({ key }) => key === tierLabel)?.value;
  return {
    taskId: task.task_id.value,
    name: task.name,
    agentId: task.agent_id.value,
    state: task.state,
    ...(tier === undefined ? {} : { tier }),
  };
}
