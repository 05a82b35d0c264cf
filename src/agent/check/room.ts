import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { backupNamePattern } from '../../aurora/backups.ts';
import { findShortages, needsOfRestore } from '../../aurora/disk-room.ts';
import { readLogDirectory } from '../files/log-directory.ts';
import { lookAtRoom } from '../files/room.ts';
import type { OperationTools } from '../operations/operation.ts';
import { type Finding, ok, problem } from './finding.ts';

/** Room for a restore of the largest backup that is there now, disk by disk. */
export async function checkRoom({ config: { paths } }: OperationTools): Promise<readonly Finding[]> {
  const [log, backupBytes, room] = await Promise.all([
    readLogDirectory(paths.log),
    largestBackup(paths.backups),
    lookAtRoom(paths),
  ]);
  const shortages = findShortages(room, needsOfRestore({ logBytes: log?.bytes ?? 0, backupBytes }));
  if (shortages.length === 0) return [ok('There is room for a restore of the largest backup.')];
  return shortages.map(({ says }) =>
    problem(
      `${says[0]?.toUpperCase() ?? ''}${says.slice(1)}.`,
      'Free some disk space; a restore deletes nothing.',
    ),
  );
}

async function largestBackup(directory: string): Promise<number> {
  const names = (await readdir(directory)).filter((name) => backupNamePattern.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await lstat(join(directory, name))).size));
  return Math.max(0, ...sizes);
}
