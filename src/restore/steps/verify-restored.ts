/**
 * Step 17: whoever is elected must hold exactly the signed tasks. After a staged commit in recovery mode the process that
 * took it closes its port, does not end, and still votes (aurora.md 13, 14 C): stop it, see it gone, start it.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { waitForElected } from '../elected.ts';
import type { Step, StepContext } from '../step.ts';
import { signedSummary } from '../summary.ts';

export const verifyRestored: Step<'verify-restored'> = {
  name: 'verify-restored',
  run: async (context) => {
    const { procedure } = context.state().proposal;
    const { stagedSetDigest } = signedSummary(context);
    if (procedure === 'staged') await restartCommitter(context);
    const { host } = await waitForElected(context);
    const rows = await context.patiently(`the scheduler on ${host}`, () =>
      context.agentOf(host).scheduler.listTasks(),
    );
    const { digest } = await context.deps.backups.digestStagedSet(rows);
    if (digest !== stagedSetDigest) {
      const empty = rows.length === 0;
      throw new AuroraError({
        code: !empty
          ? 'restored-differs'
          : procedure === 'staged'
            ? 'commit-not-applied'
            : 'log-not-refilled',
        message: empty
          ? `${host} holds no tasks: ${procedure === 'staged' ? 'the commit was not applied' : 'it does not see the refilled log'}.`
          : `${host} holds ${rows.length} tasks that are not the signed ones.`,
        hint: 'The cluster stays isolated and tasks keep running. Put everything back: the old logs are still there.',
      });
    }
    return { host, tasks: rows.length };
  },
};

async function restartCommitter(context: StepContext): Promise<void> {
  const { host } = context.factsOf('commit');
  await context.operate(host, 'stop-scheduler', { graceMs: context.cluster.waits.stopGraceMs });
  await context.operate(host, 'start-scheduler', {});
}
