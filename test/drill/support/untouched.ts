/** Whether something touched the pretend hosts: from outside, by files, tasks, flags, ZooKeeper, and the witness lines. */

import { compareSnapshots, takeSnapshot, type WorldSnapshot } from '../../../src/drill/world/snapshot.ts';
import type { DrillWorld } from '../../../src/drill/world/world.ts';
import { readEffects } from '../../../src/pretend-aurora/host/effects.ts';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';

export interface Evidence {
  readonly snapshot: WorldSnapshot;
  /** Witness lines so far, by host. */
  readonly effects: readonly number[];
}

export async function lookAt(world: DrillWorld): Promise<Evidence> {
  return { snapshot: await takeSnapshot(world), effects: countEffects(world) };
}

/** True in every part when the world is exactly as it was. */
export async function compareWith(
  world: DrillWorld,
  before: Evidence,
): Promise<{ files: boolean; tasks: boolean; flags: boolean; effects: boolean }> {
  const after = await lookAt(world);
  const effects = JSON.stringify(after.effects) === JSON.stringify(before.effects);
  return { ...compareSnapshots(before.snapshot, after.snapshot), effects };
}

export const untouched = { files: true, tasks: true, flags: true, effects: true };

function countEffects(world: DrillWorld): number[] {
  return world.hosts.map((host) => readEffects(hostPaths(host.directory).effects).length);
}
