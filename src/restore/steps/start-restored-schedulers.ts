/**
 * Step 18c: the first normal start, with reconciliation held: what kills tasks is the first reconciliation, not the
 * commit. The flag stays in the file only until the leader is confirmed.
 */
import { heldReconciliationFlags } from '../flags.ts';
import type { Step } from '../step.ts';
import { assertAllStopped } from '../stop-all.ts';

export const startRestoredSchedulers: Step<'start-restored-schedulers'> = {
  name: 'start-restored-schedulers',
  run: async (context) => {
    if (!wasStarted(context.state().operations)) await assertAllStopped(context);
    const flags = heldReconciliationFlags(context.state().proposal.auroraVersion);
    await context.operateOnAll('set-flags', { flags: { ...flags } });
    await context.operateOnAll('start-scheduler', {});
    return { reconciliationInitialDelay: flags['reconciliation_initial_delay'] ?? '' };
  },
};

function wasStarted(operations: ReadonlyMap<string, { step: string; kind: string }>): boolean {
  return [...operations.values()].some(
    (operation) => operation.step === 'start-restored-schedulers' && operation.kind === 'start-scheduler',
  );
}
