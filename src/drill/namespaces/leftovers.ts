/**
 * What a host leaves behind when the process that made it is killed: its processes, its network and its disk go with that
 * process; an empty control group and an empty directory stay. Both carry that process's pid in their names.
 */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeGroup, unifiedHierarchy } from './control-groups.ts';

const prefix = 'aurora-host-';

/** A name for something of a host that this process makes. */
export function ownName(rest: string): string {
  return `${prefix}${process.pid}-${rest}`;
}

/** Takes away what killed processes have left. Only empty things are; what is in use by anybody stays. */
export function removeLeftovers(): void {
  for (const parent of [unifiedHierarchy(), tmpdir()]) {
    if (parent === null) continue;
    for (const name of readdirSync(parent)) {
      const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
      if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
      if (parent === tmpdir()) removeEmpty(join(parent, name));
      else removeGroup(join(parent, name));
    }
  }
}

function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody has put something into it: it is not ours to take away.
  }
}
