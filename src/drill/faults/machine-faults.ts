/** What happens to a host that has a machine of its own: only where the hosts are namespaces. */
import { AuroraError } from '../../aurora/errors.ts';
import type { RunningHost } from '../hosts/drill-hosts.ts';
import type { Fault, FaultContext } from './fault.ts';
import { leaderLast } from './schedulers.ts';

/** Longer than a ZooKeeper session of a drill. */
const cutOffMs = 5_000;
const withoutPowerMs = 2_000;

export const hostCutOff: Fault = {
  name: 'host-cut-off',
  what: `A host is off the network for ${cutOffMs / 1_000} s: what runs on it keeps running, and nobody reaches it.`,
  usually: 'set-aside-log',
  hosts: 'namespaces',
  run: async (context) => {
    const { name, machine } = await machineOf(context);
    machine.cutOff();
    try {
      await context.clock.sleep(cutOffMs, context.signal);
    } finally {
      machine.heal();
    }
    return `${name} was off the network for ${cutOffMs / 1_000} s.`;
  },
};

export const hostPowerLost: Fault = {
  name: 'host-power-lost',
  what: `A host loses its power, everything on it at once, and is booted again after ${withoutPowerMs / 1_000} s.`,
  usually: 'set-aside-log',
  hosts: 'namespaces',
  run: async (context) => {
    const { name, machine } = await machineOf(context);
    await machine.cutPower();
    await context.clock.sleep(withoutPowerMs, context.signal);
    if (context.signal.aborted) return `${name} has lost its power.`;
    await machine.boot();
    return `${name} lost its power and was booted again.`;
  },
};

/** Of a host that does not lead, if it can be one. */
async function machineOf(
  context: FaultContext,
): Promise<{ name: string; machine: NonNullable<RunningHost['machine']> }> {
  const [chosen] = await leaderLast(context);
  const host = context.world.hosts.find(({ name }) => name === chosen?.name);
  if (host?.machine == null) throw noMachine();
  return { name: host.name, machine: host.machine };
}

function noMachine(): AuroraError {
  return new AuroraError({
    code: 'fault-impossible',
    message:
      'The hosts of this drill are processes of this machine: they have no power and no network of their own.',
    hint: 'Start the drill with --hosts namespaces, as root.',
  });
}
