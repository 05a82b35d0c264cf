import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import type { LiveTask } from '../../aurora/mesos.ts';
import { storedForm } from '../../aurora/stored-form.ts';
import { type JobKey, jobKeySchema } from '../../aurora/tasks.ts';
import { joinTasks } from '../../streams/join-tasks.ts';
import { emptyTasks, type SortedTasks, sortTasks } from '../../streams/task-spools.ts';
import type { StepContext } from '../step.ts';
import type { Beside } from './documents.ts';
import { jsonList, keepLongDocument, readLongDocument } from './long-documents.ts';

/** A task that runs now, as far as the blast radius cares. */
const runningTask = z.object({ taskId: z.string(), jobKey: jobKeySchema }).readonly();
export type RunningTask = z.infer<typeof runningTask>;

const runningForm = storedForm(1, runningTask);

/** Asks the Mesos master which tasks of the framework really run; in order of task id. */
export async function listRunning(
  context: StepContext,
  frameworkId: string,
): Promise<SortedTasks<RunningTask>> {
  return await context.patiently('the Mesos master', () =>
    context.mesos.listLiveTasks(frameworkId, (tasks) => sortTasks(runningOf(tasks))),
  );
}

async function* runningOf(tasks: AsyncIterable<LiveTask>): AsyncGenerator<RunningTask> {
  for await (const { taskId, name } of tasks) yield { taskId, jobKey: jobKeyOfName(name) };
}

/** Keeps what ran at one moment under a name of its own; answers the name. */
export async function keepRunning(
  context: StepContext,
  kept: { document: string; running: AsyncIterable<RunningTask> },
): Promise<string> {
  const { document: name, running } = kept;
  const { restoreId, deps } = context;
  const text = jsonList(running);
  await keepLongDocument(deps.documents, { restoreId, name, version: runningForm.version, text });
  return name;
}

/** What was kept with this restore, or with another one; in order of task id. */
export async function* readRunning(
  context: Beside,
  name: string,
  restoreId = context.restoreId,
): AsyncGenerator<RunningTask> {
  const named = { restoreId, name, form: runningForm };
  for await (const { element } of readLongDocument(context.deps.documents, named, [])) yield element;
}

/** What has ended of what ran before, and how many have started since. Both in order of task id. */
export async function countMoved(
  before: AsyncIterable<RunningTask>,
  now: AsyncIterable<RunningTask>,
): Promise<{ ended: SortedTasks<{ taskId: string }>; started: number }> {
  const ended = emptyTasks<{ taskId: string }>();
  let started = 0;
  for await (const { taskId, left, right } of joinTasks(before, now)) {
    if (right.length === 0) await ended.add({ taskId });
    if (left.length === 0) started += 1;
  }
  return { ended, started };
}

/** Mesos calls a task `role/environment/job` (mesos.md 5); the id cannot be split, the name can. */
function jobKeyOfName(name: string): JobKey {
  const [role, environment, job, ...rest] = name.split('/');
  if (role === undefined || environment === undefined || job === undefined || rest.length > 0) {
    throw new AuroraError({
      code: 'census-untrusted',
      message: `The Mesos master names a task "${name.slice(0, 100)}", which is not role/environment/job.`,
      hint: 'Check that the framework id in the backup is that of Aurora.',
    });
  }
  return { role, environment, name: job };
}
