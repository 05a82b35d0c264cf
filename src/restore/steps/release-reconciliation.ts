/**
 * The original flag files first, then both reconciliations, explicit and implicit, as a scheduler does it itself;
 * both calls exist from 0.16 on. Before, or where the policy leaves it to the timers, a restart with the original flags
 * lets it come by itself.
 */

import { waitForLeader } from '../looks/registered.ts';
import type { StepFacts } from '../record/facts.ts';
import type { Step, StepContext } from '../step.ts';
import { restoreFlagFiles } from './restore-flags.ts';
import {
  askToReconcile,
  countedRuns,
  isConnected,
  isTriggered,
  keepRunsBefore,
  runsBefore,
} from './shared/reconciliation.ts';

export const releaseReconciliation: Step<'release-reconciliation'> = {
  name: 'release-reconciliation',
  title: 'Let it reconcile',
  scope: 'cluster',
  does: 'explicit, then implicit. From here on it cannot be undone.',
  touches: true,
  undo: { none: 'once it has reconciled, only another restore can go back' },
  run: async (context) => {
    await restoreFlagFiles(context);
    // Crash here: a scheduler that starts by itself reconciles by its own timers, which is what was ordered.
    if (!isTriggered(context.state().proposal)) return await restart(context);
    const host = releasedBefore(context) ?? (await waitForLeader(context));
    await waitUntilConnected(context);
    const runs = countedRuns(context, await context.readStatus(context.agentOf(host)));
    if ((await runsBefore(context))?.process !== runs.process) await keepRunsBefore(context, runs);
    await askToReconcile(context, { host });
    return { host, at: context.now() };
  },
};

async function waitUntilConnected(context: StepContext): Promise<void> {
  await context.waitFor({
    what: 'the framework to be connected to the Mesos master',
    usual: 'at once',
    limitMs: context.cluster.waits.registrationMs,
    hint: 'Look at the masters, and at the log of the leading scheduler. Nothing was reconciled; look again when it is connected.',
    look: async () => ((await isConnected(context)) ? true : null),
  });
}

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
    (operation) =>
      operation.step === 'release-reconciliation' &&
      operation.kind.startsWith('reconcile-') &&
      !operation.lookedAt,
  );
  return earlier?.host ?? null;
}
