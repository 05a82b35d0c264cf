/** Makes a call stand still in its middle, on whichever host it is made, so that something can hit it there. */
import fs from 'node:fs';
import type { RunningHost } from '../hosts/drill-hosts.ts';
import { hostPaths } from '../hosts/host-dir.ts';
import { befallsPaths, type HeldCall } from '../scheduler/befalls.ts';
import type { DrillWorld } from '../world/world.ts';
import type { FaultContext } from './fault.ts';

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
    // Left by one that was killed in the middle.
    fs.rmSync(pathsOf(host).held(call), { force: true });
  }
}

/** The host on which such a call stands still; `null` when none will come. */
export async function untilHeld(
  { world, clock, signal, untilMoment }: FaultContext,
  call: HeldCall,
): Promise<RunningHost | null> {
  let isOver = false;
  void untilMoment(tooLate).then(() => {
    isOver = true;
  });
  while (!isOver && !signal.aborted) {
    const host = world.hosts.find((candidate) => fs.existsSync(pathsOf(candidate).held(call)));
    if (host !== undefined) return host;
    await clock.sleep(lookEveryMs, signal);
  }
  return null;
}
