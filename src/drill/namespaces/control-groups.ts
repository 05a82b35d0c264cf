/** Each host has a control group of its own, which becomes the root of its hierarchy: two hosts must not share one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** `null` when this machine has none mounted. */
export function unifiedHierarchy(): string | null {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return mounts.find((mount) => mount.split(' ')[2] === 'cgroup2')?.split(' ')[1] ?? null;
}

export function groupPath(name: string): string {
  return join(unifiedHierarchy() ?? '/sys/fs/cgroup', name);
}

/** It may be there already. */
export function makeGroup(path: string): void {
  if (!existsSync(path)) mkdirSync(path);
}

/** Takes it away with those inside it; `false` while a process that was killed is not yet gone from it. */
export function removeGroup(path: string): boolean {
  if (!existsSync(path)) return true;
  const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (!inner.every((entry) => removeGroup(join(path, entry.name)))) return false;
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
