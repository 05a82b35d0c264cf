/**
 * Step 21b: explicit first, then implicit, as a scheduler does it itself; both calls exist from 0.16 on. Before, or where the
 * policy leaves it to the timers, a restart with the original flags, which are back in their files, lets it come by itself.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { StepFacts } from '../facts.ts';
import { isTriggered } from '../reconciliation.ts';
import { waitForLeader } from '../registered.ts';
import type { Step, StepContext } from '../step.ts';

export const releaseReconciliation: Step<'release-reconciliation'> = {
  name: 'release-reconciliation',
  run: async (context) => {
    if (!isTriggered(context.state().proposal)) {
      return await restart(context);
    }
    const host = releasedBefore(context) ?? (await waitForLeader(context));
    await trigger(context, { host, kind: 'reconcile-explicit' });
    await trigger(context, { host, kind: 'reconcile-implicit' });
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

/** A call that was interrupted is made again: what it does twice is done once. */
async function trigger(
  context: StepContext,
  wanted: { host: string; kind: 'reconcile-explicit' | 'reconcile-implicit' },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const end = await context.attempt(wanted.host, wanted.kind, {});
    if (end.state === 'done' && (end.evidence.answer === 'ok' || end.evidence.answer === 'no-reply')) return;
    if (end.state === 'uncertain' && attempt < triesMax) continue;
    throw new AuroraError({
      code: 'reconciliation-refused',
      message: `${wanted.host} did not take ${wanted.kind}: ${end.state === 'done' ? end.evidence.messages.join(' ') : end.message}`,
      hint: 'Look again: the leader may have moved, and whoever leads by then is asked.',
    });
  }
}

const triesMax = 3;
