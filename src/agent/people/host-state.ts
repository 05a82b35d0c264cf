/** What an operation would meet on this host, as far as it decides whose signatures it takes. */
import { heldReconciliationFlags, recoveryIn } from '../../aurora/restore-flags.ts';
import { listSetAside } from '../files/log-directory.ts';
import type { OperationTools } from '../operations/operation.ts';
import type { HostHistory } from './history.ts';

export interface HostState extends HostHistory {
  /** In which mode a scheduler would start: `held` is its own flags with reconciliation held back. */
  readonly mode: 'recovery' | 'held' | 'own';
  readonly running: boolean;
  readonly now: number;
  /** Restores that have a log set aside on this host. */
  readonly aside: ReadonlySet<string>;
}

/** The journal's account, put right by what a person has moved by hand since. */
export async function readHostState(
  { clock, config, flags, service }: OperationTools,
  history: HostHistory,
): Promise<HostState> {
  // What cannot be read is taken for what asks more of people: a flag file that somebody broke must still be put back.
  const [values, running, names] = await Promise.all([
    flags.read().then(
      (read) => read.values,
      (): Readonly<Record<string, string>> => ({}),
    ),
    service.status().then(
      ({ state }) => state === 'running',
      () => true,
    ),
    listSetAside(config.paths.log),
  ]);
  const aside = new Set(names);
  const held = Object.entries(heldReconciliationFlags(config.auroraVersion));
  const isHeld = held.every(([flag, value]) => (values[flag] ?? null) === value);
  return {
    ...history,
    now: clock.now(),
    owner: findOwner(history, aside),
    aside,
    mode: modeOf(recoveryIn(config.auroraVersion, values), isHeld),
    running,
  };
}

function modeOf(recovery: ReturnType<typeof recoveryIn>, isHeld: boolean): HostState['mode'] {
  if (recovery === 'whole') return 'recovery';
  return isHeld ? 'held' : 'own';
}

/** What was set aside and is gone was put back by hand. */
function findOwner({ owner, before }: HostHistory, aside: ReadonlySet<string>): string | null {
  const seen = new Set<string>();
  let found = owner;
  while (found !== null && !seen.has(found) && !aside.has(found)) {
    seen.add(found);
    found = before.get(found) ?? null;
  }
  return found;
}
