/**
 * Where the agent keeps copies of backups, out of the scheduler's rotation: `<state>/held/<restoreId>/<name>`, and
 * what the bot brought, not yet believed: `<state>/incoming/<restoreId>/<name>.<sha256>`.
 */
import { dirname, join } from 'node:path';
import { makeDirectories } from './files/durable-file.ts';
import { requireBackupName, requireRestoreId } from './names.ts';

export interface HeldBackups {
  /** The held copy. */
  path(restoreId: string, name: string): string;
  /** A file that had to make room in the backup directory. */
  replacedPath(restoreId: string, name: string): string;
  /** What `take-out-backup` took out. */
  takenOutPath(restoreId: string, name: string): string;
  /** What `place-backup` remembers of what it did. */
  placementPath(restoreId: string, name: string): string;
  incomingPath(restoreId: string, name: string, sha256: string): string;
  /** Makes the directory of any of these, for root's eyes only. */
  makeRoom(path: string): Promise<void>;
}

/** Paths under the agent's state directory; every name is checked before it becomes one (AuroraError `bad-name`). */
export function createHeldBackups(state: string): HeldBackups {
  const held = (restoreId: string, ...rest: readonly string[]): string =>
    join(state, 'held', requireRestoreId(restoreId), ...rest);
  return {
    path: (restoreId, name) => held(restoreId, requireBackupName(name)),
    replacedPath: (restoreId, name) => held(restoreId, 'replaced', requireBackupName(name)),
    takenOutPath: (restoreId, name) => held(restoreId, 'taken-out', requireBackupName(name)),
    placementPath: (restoreId, name) => held(restoreId, 'placed', `${requireBackupName(name)}.json`),
    incomingPath: (restoreId, name, sha256) =>
      join(state, 'incoming', requireRestoreId(restoreId), `${requireBackupName(name)}.${sha256}`),
    makeRoom: (path) => makeDirectories(dirname(path)),
  };
}
