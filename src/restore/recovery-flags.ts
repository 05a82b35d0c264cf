import { AuroraError } from '../aurora/errors.ts';
import type { HostStatus } from '../aurora/hosts.ts';
import { recoveryFlags } from './flags.ts';
import type { StepContext } from './step.ts';

/**
 * Throws AuroraError `flags-not-set` unless every host's flag file has the flags of recovery mode: a scheduler that starts
 * on a blank log with other ones registers a new framework, and orphans every task. Configuration management likes to put
 * files back. When somebody has looked since, they are set once more.
 */
export async function requireRecoveryFlags(context: StepContext): Promise<void> {
  const flags = recoveryFlags(context.state().proposal.auroraVersion);
  const wasLookedAt = (context.state().runs[context.step]?.attempt ?? 1) > 1;
  await context.onEachHost(async (agent) => {
    const status = await context.readStatus(agent);
    if (findWrong(status, flags) === null) return;
    if (wasLookedAt) await context.operate(agent.host, 'set-flags', { flags: { ...flags } });
    refuseOtherFlags(await context.readStatus(agent), flags);
  });
}

/** The check alone, of one host. */
export function refuseOtherFlags(status: HostStatus, flags: Readonly<Record<string, string | null>>): void {
  const wrong = findWrong(status, flags);
  if (wrong === null) return;
  const [flag, value] = wrong;
  throw new AuroraError({
    code: 'flags-not-set',
    message: `${status.host}: -${flag} reads ${status.flags.values[flag] ?? 'nothing'} instead of ${value ?? 'nothing'}.`,
    hint: 'Something rewrites the flag file (configuration management?). Switch that off, then look again.',
  });
}

function findWrong(
  status: HostStatus,
  flags: Readonly<Record<string, string | null>>,
): [string, string | null] | null {
  return Object.entries(flags).find(([flag, value]) => (status.flags.values[flag] ?? null) !== value) ?? null;
}
