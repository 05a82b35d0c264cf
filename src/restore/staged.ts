import { AuroraError } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import type { StepContext } from './step.ts';

/** What is staged on a host now; AuroraError `nothing-staged` when the slot is empty. */
export async function readStaged(
  context: StepContext,
  host: string,
): Promise<{ rows: readonly TaskRow[]; digest: string }> {
  const agent = context.agentOf(host);
  const rows = await context.patiently(`the scheduler on ${host}`, () => agent.scheduler.queryStaged());
  if (rows === null) {
    throw new AuroraError({
      code: 'nothing-staged',
      message: `Nothing is staged on ${host} any more.`,
      hint: 'The scheduler restarted or somebody else unloaded it. Put everything back and start again.',
    });
  }
  return { rows, digest: (await context.deps.backups.digestStagedSet(rows)).digest };
}
