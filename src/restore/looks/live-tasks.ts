import { AuroraError } from '../../aurora/errors.ts';
import type { JobKey } from '../../aurora/tasks.ts';
import type { StepContext } from '../step.ts';

/** A task that runs now, as far as the blast radius cares. */
export interface RunningTask {
  readonly taskId: string;
  readonly jobKey: JobKey;
}

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
  const { document, running } = kept;
  await context.deps.documents.save({
    restoreId: context.restoreId,
    name: document,
    text: JSON.stringify(running),
  });
  return document;
}

/** Reads what was kept. */
export async function loadRunning(context: StepContext, document: string): Promise<RunningTask[]> {
  const text = await context.deps.documents.load(context.restoreId, document);
  if (text === null) throw new Error(`document ${document} of ${context.restoreId} is gone`);
  return JSON.parse(text) as RunningTask[];
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
