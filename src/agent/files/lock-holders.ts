/**
 * Who holds the replicated log. LevelDB keeps its LOCK open (and locked by a record lock, mesos.md 1.6) as long as
 * the database is open, so a process with LOCK among its descriptors is a holder. The kernel's list of links is read
 * rather than the lock tried: trying would need write access and could itself be in the way of a starting scheduler.
 */
import { readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Pids that have `<log>/LOCK` open, of those processes we may look into (all of them as root). Empty as well when
 * there is no such file or no /proc.
 */
export async function findLockHolders(log: string): Promise<readonly number[]> {
  const lock = await realpath(join(log, 'LOCK')).catch(() => null);
  if (lock === null) return [];
  const processes = await readdir('/proc').catch(() => []);
  const pids = processes.filter((name) => /^\d+$/.test(name)).map(Number);
  const holds = await Promise.all(pids.map((pid) => hasOpen(pid, lock)));
  return pids.filter((_pid, index) => holds[index]);
}

async function hasOpen(pid: number, path: string): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  // Not permitted, or gone by now: not a holder we can name.
  const descriptors = await readdir(directory).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(join(directory, descriptor)).catch(() => '');
    if (target === path) return true;
  }
  return false;
}
