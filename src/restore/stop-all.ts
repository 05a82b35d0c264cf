import { AuroraError } from '../aurora/errors.ts';
import type { StepContext } from './step.ts';

/**
 * Stops every scheduler and waits until the replicated log's group in ZooKeeper is empty: a node that outlives
 * the session timeout is a live replica (aurora.md 13, mesos.md 3).
 */
export async function stopAll(
  context: StepContext,
): Promise<{ killed: string[]; waitedForLogGroupMs: number }> {
  const { waits } = context.cluster;
  const stopped = await context.operateOnAll('stop-scheduler', { graceMs: waits.stopGraceMs });
  const waitedMs = await waitForEmptyLogGroup(context);
  return {
    killed: stopped.filter((done) => done.evidence.killed).map((done) => done.host),
    waitedForLogGroupMs: waitedMs,
  };
}

/** Answers how long it took, in milliseconds. */
export async function waitForEmptyLogGroup(context: StepContext): Promise<number> {
  const { waits, zookeeper } = context.cluster;
  const { waitedMs } = await context.waitFor({
    what: 'the log group in ZooKeeper to empty',
    usual: '10 to 15 s',
    limitMs: waits.logGroupEmptyMs,
    hint: `A replica that is still there belongs to a running scheduler: find it under ${zookeeper.logGroupPath} and stop it.`,
    look: async () =>
      (await context.patiently('ZooKeeper', () => context.leader.listLogReplicas())).length === 0
        ? true
        : null,
  });
  return waitedMs;
}

/** Refuses to go on while a scheduler runs anywhere: before logs or flags are touched. */
export async function assertAllStopped(context: StepContext): Promise<void> {
  const statuses = await context.onEachHost((agent) => context.readStatus(agent));
  const running = statuses.find(
    (status) => status.scheduler.service === 'running' || status.scheduler.logLockHeld,
  );
  if (running !== undefined) {
    throw new AuroraError({
      code: 'scheduler-runs-again',
      message: `The scheduler on ${running.host} runs again although it was stopped.`,
      hint: 'Something starts it (a service manager, configuration management): switch that off, then look again.',
    });
  }
}
