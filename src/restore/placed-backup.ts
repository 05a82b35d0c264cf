import { AuroraError } from '../aurora/errors.ts';
import type { TaskRow } from '../aurora/tasks.ts';
import type { StepContext } from './step.ts';

/**
 * Decodes the placed backup on the host that will be refilled; AuroraError `backup-changed` when its tasks are others
 * than `stagedSetDigest` says. `rows` reads them once more, streamed.
 */
export async function readPlaced(
  context: StepContext,
  stagedSetDigest: string,
): Promise<{ host: string; rows: AsyncIterable<TaskRow> }> {
  const { name } = context.state().proposal.backup;
  const { host } = context.factsOf('place-backup-on-one');
  const agent = context.agentOf(host);
  const { digest } = await context.patiently(`${host}'s agent`, () =>
    context.deps.backups.digestStagedSet(agent.readBackupTasks(name)),
  );
  if (digest !== stagedSetDigest) {
    throw new AuroraError({
      code: 'backup-changed',
      message: `${name} on ${host} holds other tasks than the file that was chosen.`,
      hint: 'Nothing was written into any log. Put everything back, and find out who writes to that directory.',
    });
  }
  return { host, rows: agent.readBackupTasks(name) };
}
