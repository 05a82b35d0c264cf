import { AuroraError } from '../../../aurora/errors.ts';
import type { StepContext } from '../../step.ts';

/** Stops every scheduler: its process gone, both ports closed, the log's LOCK free. Its node in the log group lives longer. */
export async function stopAll(context: StepContext): Promise<{ killed: string[] }> {
  const { waits } = context.cluster;
  const stopped = await context.operateOnAll('stop-scheduler', { graceMs: waits.stopGraceMs });
  return { killed: stopped.filter((done) => done.evidence.killed).map((done) => done.host) };
}

/**
 * Before the first start of a step: every scheduler is stopped and the replicated log's group in ZooKeeper is empty. A node
 * that outlives the session timeout is a live replica, maybe of a host that nobody configured, and one old log among new
 * ones can win (aurora.md 13, 14 F; mesos.md 2.6, 3). Files are moved meanwhile: that needs no more than this host's own
 * process gone, and it can be undone. Answers how long the group took, in milliseconds; 0 once this step has started one.
 */
export async function waitUntilAllGone(context: StepContext): Promise<number> {
  if (wasStarted(context)) return 0;
  await assertAllStopped(context);
  return await waitForEmptyLogGroup(context);
}

function wasStarted(context: StepContext): boolean {
  return [...context.state().operations.values()].some(
    ({ step, kind, takenBack }) => step === context.step && kind === 'start-scheduler' && !takenBack,
  );
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
