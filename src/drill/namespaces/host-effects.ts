import type { Effect } from '../../pretend-aurora/host/effect.ts';
import { readEffects } from '../../pretend-aurora/host/effects.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import type { DrillHost } from '../hosts/drill-hosts.ts';
import { filterWitnessUnit, schedulerUnit } from './host-places.ts';
import { effectsInJournal, matchesOf } from './journal-effects.ts';
import type { NamespaceHost } from './namespace-host.ts';

/** What the host's scheduler and tools have witnessed, and what its systemd and packet filter have. Throws when it is off. */
export async function readHostEffects(host: DrillHost, machine: NamespaceHost): Promise<readonly Effect[]> {
  const units = { scheduler: schedulerUnit, filterWitness: filterWitnessUnit };
  const journal = await machine.ask('journalctl', '-o', 'json', '--no-pager', '--quiet', ...matchesOf(units));
  return [...readEffects(hostPaths(host.directory).effects), ...effectsInJournal(journal, units)];
}
