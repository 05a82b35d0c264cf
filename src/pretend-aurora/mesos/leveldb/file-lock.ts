import { DatabaseSync } from 'node:sqlite';

/** A held POSIX record lock; it ends with `release` or with the process. */
export interface FileLock {
  release(): void;
}

/**
 * Locks an existing empty file as LevelDB locks LOCK: a POSIX record lock on its inode, seen by every other
 * process (and in /proc/locks) and freed by the kernel however the holder ends. Node has no call for that, and
 * SQLite takes exactly such a lock on a file before it writes; it never writes here. `null`: somebody holds it.
 */
export function lockFile(path: string): FileLock | null {
  const holder = new DatabaseSync(path, { timeout: 0 });
  try {
    holder.exec('PRAGMA journal_mode = MEMORY');
    holder.exec('BEGIN EXCLUSIVE');
  } catch {
    holder.close();
    return null;
  }
  return { release: () => holder.close() };
}
