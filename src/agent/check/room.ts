import { lstat } from 'node:fs/promises';
import { backupNamePattern } from '../../aurora/backups.ts';
import { findShortages, needsOfRestore } from '../../aurora/disk-room.ts';
import { readLogDirectory } from '../files/log-directory.ts';
import { inDirectory, listAllNames } from '../files/pinned.ts';
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
  return await inDirectory(directory, async (backups) => {
    const names = (await listAllNames(backups)).filter((name) => backupNamePattern.test(name));
    const sizes = await Promise.all(names.map(async (name) => (await lstat(backups.at(name))).size));
    return sizes.reduce((largest, size) => Math.max(largest, size), 0);
  });
}
