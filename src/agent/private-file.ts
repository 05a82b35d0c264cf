import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';

/**
 * Makes the file of a database, or takes one of before away from other accounts, whatever the umask. SQLite gives what it
 * keeps beside it the same mode.
 */
export function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}
