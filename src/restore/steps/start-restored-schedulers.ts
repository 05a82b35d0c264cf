/**
 * The first normal start, with reconciliation held: what kills tasks is the first reconciliation, not the
 * commit. The hold stays in the flag file until the release: whoever starts a scheduler while people look does not let it
 * reconcile.
 */
import { heldReconciliationFlags } from '../../aurora/restore-flags.ts';
import type { Step } from '../step.ts';
import { refuseOtherFlags } from './shared/recovery-flags.ts';
import { waitUntilAllGone } from './shared/stop-all.ts';

export const startRestoredSchedulers: Step<'start-restored-schedulers'> = {
  name: 'start-restored-schedulers',
  title: 'Start, reconciliation held',
  scope: 'all',
  does: 'a normal start, with reconciliation held back.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const waitedForLogGroupMs = await waitUntilAllGone(context);
    const flags = heldReconciliationFlags(context.state().proposal.auroraVersion);
    // Crash here: the files are the original ones, and every scheduler is stopped and stays so.
    await context.operateOnAll('set-flags', { flags: { ...flags } });
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    for (const status of statuses) refuseOtherFlags(status, flags);
    await context.operateOnAll('start-scheduler', {});
    return {
      reconciliationInitialDelay: flags['reconciliation_initial_delay'] ?? '',
      waitedForLogGroupMs,
    };
  },
};
