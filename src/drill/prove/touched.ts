/** Everything of the running cluster that a proof must not touch, as one table: what differs afterwards was touched. */
import { schedulerUnit } from '../namespaces/host-places.ts';
import { takeSnapshot } from '../world/snapshot.ts';
import type { DrillWorld } from '../world/world.ts';

/** Files, flags and tasks; which processes the schedulers are; and what schedulers, systemd and packet filters have witnessed. */
export async function readCluster(world: DrillWorld): Promise<ReadonlyMap<string, string>> {
  const hosts = await Promise.all(
    world.hosts.map(async (host) => {
      const shown = await host.machine?.run(
        'systemctl',
        'show',
        schedulerUnit,
        '--property=MainPID,NRestarts',
      );
      return { name: host.name, scheduler: shown?.stdout, effects: await host.readEffects() };
    }),
  );
  return new Map(leavesOf({ ...(await takeSnapshot(world)), hosts }, ''));
}

/** By what it is: that it came, went or changed. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? 'nothing'} is now ${after.get(name) ?? 'nothing'}`);
}

function leavesOf(value: unknown, name: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, name === '' ? key : `${name}.${key}`),
  );
}
