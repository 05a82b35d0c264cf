/**
 * Step 17: whoever is elected must hold exactly the signed tasks. After a staged commit in recovery mode the process that
 * took it closes its port, does not end, and still votes (aurora.md 13, 14 C): stop it, see it gone, start it.
 */
import { AuroraError } from '../../aurora/errors.ts';
import { waitForElected } from '../elected.ts';
import type { Step, StepContext } from '../step.ts';
import { signedSummary } from '../summary.ts';
import { takeBack } from '../turn-taken.ts';

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
      if (empty && isUnknownCommit(context)) await stageAgain(context, host);
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

function isUnknownCommit(context: StepContext): boolean {
  return context.state().facts.commit?.answer === 'unknown';
}

/**
 * An append that timed out may still be applied by the next election, by whichever replicas form it (aurora.md 14 D). With
 * every replica up, a scheduler elected and its storage READY and empty, it was not: it is staged and signed once more.
 */
async function stageAgain(context: StepContext, host: string): Promise<void> {
  await context.waitFor({
    what: 'every log replica to be up',
    usual: 'a few seconds',
    limitMs: context.cluster.waits.electionMs,
    hint: `${host} holds no tasks, but a replica that is away may still hold what was committed. Start every scheduler, then look again.`,
    look: async () => {
      const statuses = await context.onEachHost((agent) => context.readStatus(agent));
      const up = statuses.every(({ scheduler }) => scheduler.service === 'running' && scheduler.logLockHeld);
      const replicas = await context.patiently('ZooKeeper', () => context.leader.listLogReplicas());
      return up && replicas.length >= statuses.length ? true : null;
    },
  });
  const { host: elected } = await waitForElected(context);
  const rows = await context.patiently(`the scheduler on ${elected}`, () =>
    context.agentOf(elected).scheduler.listTasks(),
  );
  if (rows.length > 0) return;
  takeBack(context, {
    to: 'find-elected',
    code: 'commit-not-applied',
    message: `The commit was not applied: with every replica up, ${elected} is elected, its storage is READY, and it holds no tasks. It is staged once more and needs new signatures.`,
    signOffs: 'void',
  });
}

async function restartCommitter(context: StepContext): Promise<void> {
  const { host } = context.factsOf('commit');
  await context.operate(host, 'stop-scheduler', { graceMs: context.cluster.waits.stopGraceMs });
  await context.operate(host, 'start-scheduler', {});
}
