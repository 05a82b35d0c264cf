import { AuroraError } from '../../aurora/errors.ts';
import { type WatchedTasks, watchTasks } from '../rules/unlivable.ts';
import type { StepContext } from '../step.ts';
import { waitForElected } from './elected.ts';
import { takeBack } from './interference.ts';
import { instanceOf } from './one-process.ts';

/** What is staged on a host now; begins once more when the slot is empty, because nothing was compared yet. */
export async function readStaged(
  context: StepContext,
  host: string,
): Promise<WatchedTasks & { digest: string }> {
  const staged = await askFor(context, host);
  if (staged === null) {
    const now = instanceOf(await context.readStatus(context.agentOf(host)));
    const isSame = now !== null && now === context.factsOf('stage-backup').process;
    takeBack(context, {
      to: 'find-elected',
      code: isSame ? 'nothing-staged' : 'scheduler-restarted',
      message: isSame
        ? `Nothing is staged on ${host} now, and its process is the same: somebody else unloaded it.`
        : `The scheduler on ${host} was restarted and has forgotten what was staged.`,
      signOffs: 'kept',
    });
  }
  return { ...staged, digest: (await context.deps.backups.digestStagedSet(staged.rows)).digest };
}

/** A scheduler that does not answer is waited for only as long as it is the elected one: another one has nothing staged. */
async function askFor(context: StepContext, host: string): Promise<WatchedTasks | null> {
  const { scheduler } = context.agentOf(host);
  try {
    return await context.patiently(`the scheduler on ${host}`, () => scheduler.queryStaged(watchTasks));
  } catch (error) {
    if (!(error instanceof AuroraError) || !error.code.startsWith('rpc-')) throw error;
    const { host: elected } = await waitForElected(context);
    if (elected === host) throw error;
    takeBack(context, {
      to: 'find-elected',
      code: 'leader-moved',
      message: `The scheduler on ${host}, where the backup was staged, does not answer, and ${elected} is the elected one now.`,
      signOffs: 'kept',
    });
  }
}
