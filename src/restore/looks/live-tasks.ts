import { z } from 'zod';
import { AuroraError } from '../../aurora/errors.ts';
import { storedForm } from '../../aurora/stored-form.ts';
import { type JobKey, jobKeySchema } from '../../aurora/tasks.ts';
import type { StepContext } from '../step.ts';
import { type Beside, keepDocument, loadDocument } from './documents.ts';

/** A task that runs now, as far as the blast radius cares. */
const runningTask = z.object({ taskId: z.string(), jobKey: jobKeySchema }).readonly();
export type RunningTask = z.infer<typeof runningTask>;

const runningForm = storedForm(1, z.array(runningTask).readonly());

/** Asks the Mesos master which tasks of the framework really run. */
export async function listRunning(context: StepContext, frameworkId: string): Promise<RunningTask[]> {
  const live = await context.patiently('the Mesos master', () => context.mesos.listLiveTasks(frameworkId));
  return live.map((task) => ({ taskId: task.taskId, jobKey: jobKeyOfName(task.name) }));
}

/** Keeps what ran at one moment under a name of its own; answers the name. */
export async function keepRunning(
  context: StepContext,
  kept: { document: string; running: readonly RunningTask[] },
): Promise<string> {
  const { document: name, running: value } = kept;
  const { restoreId, deps } = context;
  await keepDocument(deps.documents, { restoreId, name, form: runningForm, value });
  return name;
}

/** Reads what was kept with this restore, or with another one. */
export async function loadRunning(
  context: Beside,
  name: string,
  restoreId = context.restoreId,
): Promise<readonly RunningTask[]> {
  return await loadDocument(context.deps.documents, { restoreId, name, form: runningForm });
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
