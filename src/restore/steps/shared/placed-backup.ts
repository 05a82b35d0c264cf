import { AuroraError } from '../../../aurora/errors.ts';
import type { StepContext } from '../../step.ts';

/**
 * Decodes the placed backup on the host that will be refilled, and answers which one that is; AuroraError `backup-changed`
 * when its tasks are others than `stagedSetDigest` says.
 */
export async function confirmPlaced(context: StepContext, stagedSetDigest: string): Promise<string> {
  const { name } = context.state().proposal.backup;
  const { host } = context.factsOf('place-backup-on-one');
  const { digest } = await context.readTasks(host, name, (rows) =>
    context.deps.backups.digestStagedSet(rows),
  );
  if (digest !== stagedSetDigest) {
    throw new AuroraError({
      code: 'backup-changed',
      message: `${name} on ${host} holds other tasks than the file that was chosen.`,
      hint: 'Nothing was written into any log. Put everything back, and find out who writes to that directory.',
    });
  }
  return host;
}
