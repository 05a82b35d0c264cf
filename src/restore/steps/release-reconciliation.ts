/**
 * Step 21b: explicit first, then implicit, as a scheduler does it itself; both calls exist from 0.16 on. Before, or where the
 * policy leaves it to the timers, a restart with the original flags, which are back in their files, lets it come by itself.
 */
import type { StepFacts } from '../facts.ts';
import { askToReconcile, isTriggered } from '../reconciliation.ts';
import { waitForLeader } from '../registered.ts';
import type { Step, StepContext } from '../step.ts';

export const releaseReconciliation: Step<'release-reconciliation'> = {
  name: 'release-reconciliation',
  run: async (context) => {
    if (!isTriggered(context.state().proposal)) {
      return await restart(context);
    }
    const host = releasedBefore(context) ?? (await waitForLeader(context));
    await askToReconcile(context, host);
    return { host, at: context.now() };
  },
};

/** All hosts: a standby that kept the held flag could be elected meanwhile, and would never reconcile. */
async function restart(context: StepContext): Promise<StepFacts['release-reconciliation']> {
  await context.operateOnAll('stop-scheduler', { graceMs: context.cluster.waits.stopGraceMs });
  await context.operateOnAll('start-scheduler', {});
  return { host: await waitForLeader(context), at: context.now() };
}

/**
 * After a crash the calls go to the same host as before: their operations are named after it. Once somebody looked again
 * they go to whoever leads by then.
 */
function releasedBefore(context: StepContext): string | null {
  const earlier = [...context.state().operations.values()].findLast(
    (operation) => operation.step === 'release-reconciliation' && !operation.lookedAt,
  );
  return earlier?.host ?? null;
}
