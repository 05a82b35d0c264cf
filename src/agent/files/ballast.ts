/**
 * Room that the agent keeps for itself: a file of no use, given up when its disk is full. What is written then is small: the
 * journal, the audit log, flag files and what undo remembers, so that a host whose disk somebody has filled can still be put back.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isFull } from '../../aurora/system-errors.ts';

/** Undoing a restore writes under 2 MB here, SQLite's write-ahead log included, which grows to 4 MB. */
const ballastBytes = 8 * 1024 ** 2;

interface Ballast {
  /** Makes the file where it is missing and there is room for three of it. Never throws: it is a precaution. */
  take(): void;
  /** Gives the file up; `false` when there was none. */
  give(): boolean;
  /** Does the work, and when the disk is full once more with the file given up. */
  spend<T>(work: () => T): T;
}

/** The file `ballast` in the agent's state directory; `bytes` is for tests. */
export function createBallast(state: string, bytes = ballastBytes): Ballast {
  const path = join(state, 'ballast');
  const give = (): boolean => {
    const given = existsSync(path);
    rmSync(path, { force: true });
    return given;
  };
  return {
    give,
    take: () => {
      if (existsSync(path)) return;
      try {
        const { bavail, bsize } = statfsSync(dirname(path));
        if (bavail * bsize >= 3 * bytes) writeBallast(path, bytes);
      } catch {
        give();
      }
    },
    spend: (work) => {
      try {
        return work();
      } catch (error) {
        if (!isFull(error) || !give()) throw error;
        return work();
      }
    },
  };
}

/** Random bytes: a file system that compresses would keep room for nothing else. */
function writeBallast(path: string, bytes: number): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let written = 0; written < bytes; ) {
      written += writeSync(file, randomBytes(Math.min(1024 ** 2, bytes - written)));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
