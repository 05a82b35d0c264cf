/** Step 8: flags with which no scheduler can register with Mesos. Read back on every host before going on. */
import { AuroraError } from '../../aurora/errors.ts';
import { recoveryFlags } from '../flags.ts';
import type { Step } from '../step.ts';
import { assertAllStopped } from '../stop-all.ts';

export const setRecoveryFlags: Step<'set-recovery-flags'> = {
  name: 'set-recovery-flags',
  run: async (context) => {
    await assertAllStopped(context);
    const flags = recoveryFlags(context.state().proposal.auroraVersion);
    await context.operateOnAll('set-flags', { flags: { ...flags } });
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    for (const status of statuses) {
      const wrong = Object.entries(flags).find(
        ([flag, value]) => (status.flags.values[flag] ?? null) !== value,
      );
      if (wrong !== undefined) {
        throw new AuroraError({
          code: 'flags-not-set',
          message: `${status.host}: -${wrong[0]} reads ${status.flags.values[wrong[0]] ?? 'nothing'} instead of ${wrong[1] ?? 'nothing'}.`,
          hint: 'Something rewrites the flag file (configuration management?). Switch that off, then look again.',
        });
      }
    }
    return { flags };
  },
};
