import { type FileSystemRoom, findShortages, needsOfRestore, sizeText } from '../../../aurora/disk-room.ts';
import type { HostStatus } from '../../../aurora/hosts.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { Reading, SeenHost } from '../reading.ts';

/** What shares a disk shares its room: everything that a restore and its undo may write is added up for each. */
export const diskRoom: Check = {
  name: 'disk room',
  code: 'host-unfit',
  find: (reading) => reading.hosts.flatMap((seen) => findOn(seen, reading)),
  passes: ({ hosts }) => {
    const least = Math.min(...hosts.map(({ status }) => status.disk.freeBytes));
    return `There is room for the logs that are set aside and the copies of the backup; at least ${sizeText(least)} are free beside a log.`;
  },
};

function findOn({ host, status }: SeenHost, { procedure, backup }: Reading): Finding[] {
  const oldLog = procedure === 'set-aside-log';
  const logs = oldLog ? (status.setAsideLogs ?? []).map(({ bytes }) => bytes) : [];
  const needs = needsOfRestore({
    logBytes: Math.max(status.log.bytes, ...logs),
    backupBytes: oldLog || !backup.ok ? null : backup.value.bytes,
  });
  const { backupsFreeBytes, heldFreeBytes } = status.disk;
  return [
    ...findShortages(fileSystemsOf(status.disk), needs).map(({ says }) =>
      refuse(`${says}.`, 'Free some disk space; nothing is deleted by a restore.', { host }),
    ),
    ...(oldLog || backup.ok ? [] : [unseenBackup(host)]),
    ...(backupsFreeBytes === undefined || heldFreeBytes === undefined ? [unseenRoom(host)] : []),
  ];
}

/** Agents that do not tell what shares a disk tell how much is free: to the byte the same is the same disk. */
function fileSystemsOf(disk: HostStatus['disk']): readonly FileSystemRoom[] {
  if (disk.fileSystems !== undefined) return disk.fileSystems;
  const places = [
    { place: 'log' as const, freeBytes: disk.freeBytes },
    { place: 'backups' as const, freeBytes: disk.backupsFreeBytes },
    { place: 'state' as const, freeBytes: disk.heldFreeBytes },
  ];
  return [...Map.groupBy(places, ({ freeBytes }) => freeBytes)].flatMap(([freeBytes, same]) =>
    freeBytes === undefined ? [] : [{ places: same.map(({ place }) => place), freeBytes, freeFiles: null }],
  );
}

function unseenRoom(host: string): Finding {
  return warn(
    'how much room there is for copies of the backup cannot be seen.',
    'Look at the disks of the backup directory and of paths.state; a newer agent reports them.',
    { host },
  );
}

function unseenBackup(host: string): Finding {
  return warn(
    'whether there is room for copies of the backup cannot be told, because the backup could not be read.',
    'The next step reads it again and says why.',
    { host },
  );
}
