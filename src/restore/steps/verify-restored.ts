/**
 * Step 17: after a commit in recovery mode the process closes its port and does not end, and it still votes
 * (aurora.md 13, 14 C): stop it, see it gone, start it. Then whoever is elected must hold exactly the signed tasks.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { waitForElected } from '../elected.ts';
import type { Step } from '../step.ts';

export const verifyRestored: Step<'verify-restored'> = {
  name: 'verify-restored',
  run: async (context) => {
    const committed = context.factsOf('commit');
    const { stagedSetDigest } = context.factsOf('summarise-staged');
    await context.operate(committed.host, 'stop-scheduler', { graceMs: context.cluster.waits.stopGraceMs });
    await context.operate(committed.host, 'start-scheduler', {});
    const { host } = await waitForElected(context);
    const rows = await context.patiently(`the scheduler on ${host}`, () =>
      context.agentOf(host).scheduler.listTasks(),
    );
    const { digest } = await context.deps.backups.digestStagedSet(rows);
    if (digest !== stagedSetDigest) {
      throw new AuroraError({
        code: rows.length === 0 ? 'commit-not-applied' : 'restored-differs',
        message:
          rows.length === 0
            ? `${host} holds no tasks: the commit was not applied.`
            : `${host} holds ${rows.length} tasks that are not the signed ones.`,
        hint: 'The cluster stays isolated and tasks keep running. Put everything back: the old logs are still there.',
      });
    }
    return { host, tasks: rows.length };
  },
};
