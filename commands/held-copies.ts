import type { Clock } from '../src/aurora/clock.ts';
import type { HeldCopy } from '../src/aurora/errands.ts';
import type { HostAgent } from '../src/aurora/hosts.ts';
import { within } from '../src/aurora/within.ts';
import { interactiveReadMs } from './reads.ts';

export interface HeldOn extends HeldCopy {
  readonly host: string;
}

/** What hosts keep for people, newest first of each. Whoever is silent, or too old to keep anything, is left out. */
export async function listHeld(
  agents: readonly Pick<HostAgent, 'host' | 'listHeldCopies'>[],
  clock: Clock,
): Promise<HeldOn[]> {
  const answers = await Promise.allSettled(
    agents.map(async (agent) => {
      const copies = (await within(clock, interactiveReadMs, agent.listHeldCopies())) ?? [];
      return copies.map((copy) => ({ ...copy, host: agent.host }));
    }),
  );
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}
