/** Flags with which no scheduler can register with Mesos. Read back on every host before going on. */
import { recoveryFlags } from '../../aurora/restore-flags.ts';
import type { Step } from '../step.ts';
import { refuseOtherFlags } from './shared/recovery-flags.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const setRecoveryFlags: Step<'set-recovery-flags'> = {
  name: 'set-recovery-flags',
  title: 'Recovery flags',
  scope: 'all',
  does: 'nothing registers with Mesos, nothing reconciles.',
  touches: true,
  undo: 'undo-restore-flags',
  run: async (context) => {
    await assertAllStopped(context);
    const flags = recoveryFlags(context.state().proposal.auroraVersion);
    await context.operateOnAll('set-flags', { flags: { ...flags } });
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    for (const status of statuses) refuseOtherFlags(status, flags);
    return { flags };
  },
};
