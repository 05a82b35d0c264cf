import type { HostStatus } from '../../../aurora/hosts.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';

const mib = 1024 ** 2;

/** A blank log is 5 kB and grows with the first snapshot; what else is written meanwhile should not tip the disk over. */
const spareBytes = 16 * mib;

/**
 * The log is set aside by a rename, which needs no room; the new one may grow as large, and a run of the recovery tool
 * that failed leaves another: twice its size. Beside it, a copy of the backup is placed and another one held.
 */
export const diskRoom: Check = {
  name: 'disk room',
  code: 'host-unfit',
  find: ({ hosts, backup }) =>
    hosts.flatMap(({ host, status }) => [
      ...roomForLogs(host, status),
      ...(backup.ok ? roomForCopies(host, status.disk, backup.value.bytes) : [unseenBackup(host)]),
    ]),
  passes: ({ hosts }) => {
    const least = Math.min(...hosts.map(({ status }) => status.disk.freeBytes));
    return `There is room for the logs that are set aside and the copies of the backup; at least ${sizeText(least)} are free beside a log.`;
  },
};

function roomForLogs(host: string, { disk, log }: HostStatus): Finding[] {
  const needed = 2 * log.bytes + spareBytes;
  if (disk.freeBytes >= needed) return [];
  return [
    refuse(
      `there is not enough room beside the log that will be set aside: ${sizeText(disk.freeBytes)} free, ${sizeText(needed)} needed.`,
      'Free some disk space; nothing is deleted by a restore.',
      { host },
    ),
  ];
}

function roomForCopies(host: string, disk: HostStatus['disk'], bytes: number): Finding[] {
  const { backupsFreeBytes, heldFreeBytes } = disk;
  if (backupsFreeBytes === undefined || heldFreeBytes === undefined) {
    return [
      warn(
        'how much room there is for copies of the backup cannot be seen.',
        'Look at the disks of the backup directory and of paths.state; a newer agent tells by itself.',
        { host },
      ),
    ];
  }
  const needed = bytes + spareBytes;
  const places = [
    { what: 'in the backup directory', free: backupsFreeBytes },
    { what: 'where held backups are kept (paths.state)', free: heldFreeBytes },
  ];
  return places
    .filter(({ free }) => free < needed)
    .map(({ what, free }) =>
      refuse(
        `there is not enough room ${what} for a copy of the backup: ${sizeText(free)} free, ${sizeText(needed)} needed.`,
        'Free some disk space; nothing is deleted by a restore.',
        { host },
      ),
    );
}

function unseenBackup(host: string): Finding {
  return warn(
    'whether there is room for copies of the backup cannot be told, because the backup could not be read.',
    'The next step reads it again and says why.',
    { host },
  );
}

function sizeText(bytes: number): string {
  return bytes < 10 * 1024 * mib ? `${Math.floor(bytes / mib)} MiB` : `${Math.floor(bytes / 1024 / mib)} GiB`;
}
