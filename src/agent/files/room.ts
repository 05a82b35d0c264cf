/** How much room there is where the agent writes, one entry for each file system. */
import { realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type FileSystemRoom,
  findShortages,
  needsOfRestore,
  type Place,
  type RoomNeed,
} from '../../aurora/disk-room.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { AgentConfig } from '../config.ts';
import { nameExists } from './durable-file.ts';
import { readLogDirectory, setAsidePath } from './log-directory.ts';
import { mountOf } from './mounts.ts';

type Paths = AgentConfig['paths'];

/** What cannot be looked at is left out: other looks tell of it. */
export async function lookAtRoom(paths: Paths): Promise<readonly FileSystemRoom[]> {
  const directories: Readonly<Record<Place, string>> = {
    log: dirname(paths.log),
    backups: paths.backups,
    state: paths.state,
    flags: dirname(paths.flags),
  };
  const seen = await Promise.all(
    Object.entries(directories).map(async ([place, directory]) =>
      lookAt(place as Place, directory).catch(() => null),
    ),
  );
  const found = seen.filter((one) => one !== null);
  return [...Map.groupBy(found, ({ fileSystem }) => fileSystem).values()].map((same) => ({
    places: same.map(({ place }) => place),
    // A quota of a directory shows as less room than its file system has.
    freeBytes: Math.min(...same.map(({ freeBytes }) => freeBytes)),
    freeFiles: same.some(({ freeFiles }) => freeFiles === null)
      ? null
      : Math.min(...same.map(({ freeFiles }) => freeFiles ?? 0)),
  }));
}

/** What this restore may still write on this host, the log that it has set aside counted as the one that comes back. */
export async function needsOnHost(
  paths: Paths,
  { restoreId, backupBytes }: { restoreId: string; backupBytes: number },
): Promise<readonly RoomNeed[]> {
  const logs = await Promise.all([
    readLogDirectory(paths.log),
    readLogDirectory(setAsidePath(paths.log, restoreId)),
  ]);
  return needsOfRestore({ logBytes: Math.max(...logs.map((log) => log?.bytes ?? 0)), backupBytes });
}

/** AuroraError `disk-full` with everything that is short, before anything is written. */
export async function requireRoom(paths: Paths, needs: readonly RoomNeed[]): Promise<void> {
  const shortages = findShortages(await lookAtRoom(paths), needs);
  if (shortages.length === 0) return;
  const says = shortages.map((shortage) => shortage.says).join('; ');
  throw new AuroraError({
    code: 'disk-full',
    message: `${says[0]?.toUpperCase() ?? ''}${says.slice(1)}. Nothing was touched.`,
    hint: 'Free some disk space, then look again; nothing is deleted by a restore.',
  });
}

/** A directory that is still to be made will be where the next one above it is. */
async function lookAt(place: Place, wanted: string) {
  let directory = wanted;
  while (directory !== '/' && !(await nameExists(directory))) directory = dirname(directory);
  const [{ fileSystem }, { bavail, bsize, files, ffree }] = await Promise.all([
    mountOf(await realpath(directory)),
    statfs(directory),
  ]);
  return { place, fileSystem, freeBytes: bavail * bsize, freeFiles: files === 0 ? null : ffree };
}
