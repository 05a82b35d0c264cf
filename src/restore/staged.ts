import type { TaskRow } from '../aurora/tasks.ts';
import type { StepContext } from './step.ts';
import { takeBack } from './turn-taken.ts';

/** What is staged on a host now; begins once more when the slot is empty, because nothing was compared yet. */
export async function readStaged(
  context: StepContext,
  host: string,
): Promise<{ rows: readonly TaskRow[]; digest: string }> {
  const agent = context.agentOf(host);
  const rows = await context.patiently(`the scheduler on ${host}`, () => agent.scheduler.queryStaged());
  if (rows === null) {
    takeBack(context, {
      to: 'find-elected',
      code: 'nothing-staged',
      message: `Nothing is staged on ${host} any more: its scheduler started again, or somebody else unloaded it.`,
      signOffs: 'kept',
    });
  }
  return { rows, digest: (await context.deps.backups.digestStagedSet(rows)).digest };
}
