import { AuroraError } from '../../../aurora/errors.ts';
import type { HostStatus } from '../../../aurora/hosts.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../../aurora/restore-flags.ts';
import type { StepContext } from '../../step.ts';

/**
 * Throws AuroraError `flags-not-set` unless the flag files of these hosts (of all, unless some are named) have what a
 * scheduler may be started with now: those of recovery mode, or, once the original ones are back, the hold. A scheduler
 * that starts on a blank log with other ones registers a new framework, and orphans every task. Configuration management
 * likes to put files back. When somebody has looked since, they are set once more.
 */
export async function requireModeFlags(context: StepContext, hosts?: readonly string[]): Promise<void> {
  const flags = modeFlags(context);
  const wasLookedAt = (context.state().runs[context.step]?.attempt ?? 1) > 1;
  await context.onEachHost(async (agent) => {
    if (hosts !== undefined && !hosts.includes(agent.host)) return;
    const status = await context.readStatus(agent);
    if (findWrong(status, flags) === null) return;
    if (wasLookedAt) await context.operate(agent.host, 'set-flags', { flags: { ...flags } });
    refuseOtherFlags(await context.readStatus(agent), flags);
  });
}

function modeFlags(context: StepContext): Readonly<Record<string, string | null>> {
  const { facts, phase, proposal } = context.state();
  if (phase === 'undo' || facts['release-reconciliation'] !== undefined) return {};
  return facts['restore-flags'] === undefined
    ? recoveryFlags(proposal.auroraVersion)
    : heldReconciliationFlags(proposal.auroraVersion);
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
