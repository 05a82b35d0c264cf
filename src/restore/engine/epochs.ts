/**
 * Which journal of an agent grants are for. Kept for each connection, in memory: after a start of the bot it is learnt anew, from a
 * status or a refusal. An agent that has another one in the middle has lost its state directory, and a person must look.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { HostAgent } from '../../aurora/hosts.ts';

const epochs = new WeakMap<HostAgent, string>();

/** `undefined` for an agent that has not told any: it may be one that takes no grant with an epoch. */
export function epochOf(agent: HostAgent): string | undefined {
  return epochs.get(agent);
}

/** From a status. The first counts: a change is told where it matters, by the refusal of a grant. */
export function learnEpoch(agent: HostAgent, epoch: string | undefined): void {
  if (epoch !== undefined && !epochs.has(agent)) epochs.set(agent, epoch);
}

/**
 * True when the grant was refused because it did not name the epoch, which is known now: sign again and ask again. Throws AuroraError
 * `agent-state-lost`, once, when it named the one that was known; whoever looks again goes on with the new one.
 */
export function isEpochLearnt(agent: HostAgent, error: unknown): boolean {
  if (!(error instanceof AuroraError) || error.code !== 'grant-refused') return false;
  const { rule, epoch } = error.details;
  if (rule !== 'epoch' || typeof epoch !== 'string') return false;
  const known = epochs.get(agent);
  epochs.set(agent, epoch);
  if (known === undefined) return true;
  throw new AuroraError({
    code: 'agent-state-lost',
    message: `The agent of ${agent.host} has a different journal than before: it does not know what it did on that host.`,
    hint: `Look at ${agent.host}: its state directory was lost or replaced. When host and restore agree again ("aurora-chatops agent accept-state"), look again.`,
    cause: error,
  });
}
