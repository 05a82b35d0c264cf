/** How long a person is kept waiting for hosts. A step of a restore waits longer: there, nobody goes on without them. */
import type { Clock } from '../src/aurora/clock.ts';
import { AuroraError } from '../src/aurora/errors.ts';
import type { HostAgent } from '../src/aurora/hosts.ts';
import { within } from '../src/aurora/within.ts';

/** One look at a host, or the list of its backups. */
export const interactiveReadMs = 5_000;
/** A form has to be open three seconds after the press: what Slack has not answered by then is asked when it is sent off. */
export const openInMs = 1_500;
/** What is there by then is told; a person at a screen begins to doubt after a second. */
export const firstAnswerMs = 800;
/** Everything that is worked out on top of a list, together: nobody is kept waiting by it. */
export const estimateMs = 30_000;

/** Agents whose status is waited for like a person waits; AuroraError `agent-slow` after that. */
export function inHaste(agents: readonly HostAgent[], clock: Clock): HostAgent[] {
  return agents.map((agent) => ({
    ...agent,
    readStatus: async () => {
      const status = await within(clock, interactiveReadMs, agent.readStatus());
      if (status !== undefined) return status;
      throw new AuroraError({
        code: 'agent-slow',
        message: `The agent on ${agent.host} did not answer within ${interactiveReadMs / 1000} s.`,
        hint: `Look at ${agent.host}: the machine or its agent may be frozen.`,
      });
    },
  }));
}
