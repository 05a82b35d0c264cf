/**
 * Who holds the replicated log. LevelDB keeps its LOCK open (and locked by a record lock, mesos.md 1.6) as long as
 * the database is open, so a process with LOCK among its descriptors is a holder. The kernel's list of descriptors is read
 * rather than the lock tried: trying would need write access and could itself be in the way of a starting scheduler.
 *
 * A file is told by device and inode: its path, as the kernel writes it, is another one for a reader with a root or mounts
 * of its own, which is what a hardened agent has (seen).
 */
import { readlinkSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface FileId {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * Pids that have `<log>/LOCK` open, of those processes we may look into (all of them as root). Empty as well when
 * there is no such file or no /proc.
 */
export async function findLockHolders(log: string): Promise<readonly number[]> {
  const lock = await identify(join(log, 'LOCK'));
  if (lock === null) return [];
  const processes = await readdir('/proc').catch(() => []);
  const pids = processes.filter((name) => /^\d+$/.test(name)).map(Number);
  const holds = await Promise.all(pids.map((pid) => hasOpen(pid, lock)));
  return pids.filter((_pid, index) => holds[index]);
}

async function hasOpen(pid: number, lock: FileId): Promise<boolean> {
  const directory = `/proc/${pid}/fd`;
  // Not permitted, or gone by now: not a holder we can name.
  const descriptors = await readdir(directory).catch(() => []);
  for (const descriptor of descriptors) {
    const link = join(directory, descriptor);
    if (!/\/LOCK( \(deleted\))?$/.test(targetOf(link))) continue;
    const open = await identify(link);
    if (open !== null && open.dev === lock.dev && open.ino === lock.ino) return true;
  }
  return false;
}

/** The kernel writes it from memory: to have another thread ask costs three times the look, and a host has thousands of them. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

async function identify(path: string): Promise<FileId | null> {
  return await stat(path, { bigint: true }).catch(() => null);
}
