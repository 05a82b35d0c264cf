/** Makes calls stand still in their middle, on whichever host they are made, so that something can hit them there. */
import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { befallsPaths, type HeldCall } from '../../pretend-aurora/scheduler/befalls.ts';
import type { RunningHost } from '../hosts/drill-hosts.ts';
import type { DrillWorld } from '../world/world.ts';
import type { FaultContext } from './fault.ts';

interface StandingCall {
  readonly host: RunningHost;
  /** It goes on. */
  letGo(): void;
}

const lookEveryMs = 5;
/** A restore that is put back, or has ended, makes no such call any more. */
const tooLate = ['undo-stop-schedulers', 'restore-ended'];

const pathsOf = ({ directory }: { directory: string }) => befallsPaths(hostPaths(directory).befalls);

/** From now on; may be asked twice. */
export function holdCalls({ hosts }: DrillWorld, call: HeldCall): void {
  for (const host of hosts) {
    // A drill that is taken up may be older than this.
    fs.mkdirSync(hostPaths(host.directory).befalls, { recursive: true });
    fs.writeFileSync(pathsOf(host).hold(call), '');
  }
}

/** Lets go on what stands still, and holds none that comes. */
export function letCallsGo({ hosts }: DrillWorld, call: HeldCall): void {
  for (const host of hosts) {
    fs.rmSync(pathsOf(host).hold(call), { force: true });
    for (const file of listHeld(host, call)) fs.rmSync(file, { force: true });
  }
}

/** The next one that stands still; `null` when none will come. */
export async function untilHeld(
  { world, clock, signal, untilMoment }: FaultContext,
  calls: readonly HeldCall[],
): Promise<StandingCall | null> {
  let isOver = false;
  void untilMoment(tooLate).then(() => {
    isOver = true;
  });
  while (!isOver && !signal.aborted) {
    for (const host of world.hosts) {
      const [file] = calls.flatMap((call) => listHeld(host, call));
      if (file !== undefined) return { host, letGo: () => fs.rmSync(file, { force: true }) };
    }
    await clock.sleep(lookEveryMs, signal);
  }
  return null;
}

function listHeld(host: { directory: string }, call: HeldCall): string[] {
  const held = pathsOf(host).held(call);
  const directory = dirname(held);
  if (!fs.existsSync(directory)) return [];
  return fs
    .readdirSync(directory)
    .filter((name) => name.startsWith(basename(held)))
    .map((name) => join(directory, name));
}
