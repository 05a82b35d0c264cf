/** Step 8: flags with which no scheduler can register with Mesos. Read back on every host before going on. */
import { recoveryFlags } from '../flags.ts';
import { refuseOtherFlags } from '../recovery-flags.ts';
import type { Step } from '../step.ts';
import { assertAllStopped } from '../stop-all.ts';

export const setRecoveryFlags: Step<'set-recovery-flags'> = {
  name: 'set-recovery-flags',
  run: async (context) => {
    await assertAllStopped(context);
    const flags = recoveryFlags(context.state().proposal.auroraVersion);
    await context.operateOnAll('set-flags', { flags: { ...flags } });
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    for (const status of statuses) refuseOtherFlags(status, flags);
    return { flags };
  },
};
