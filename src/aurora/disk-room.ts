/**
 * How much room a restore needs on a host, counted for each file system: what shares a disk shares its room. One computation for
 * step 1, `agent check` and the operations.
 */

/** Where a restore writes: beside the log and the flag file, among the backups, and where the agent keeps its own. */
export type Place = 'log' | 'backups' | 'state' | 'flags';

export interface FileSystemRoom {
  readonly places: readonly Place[];
  readonly freeBytes: number;
  /** `null` where a file system has no limit of its own. */
  readonly freeFiles: number | null;
}

export interface RoomNeed {
  readonly place: Place;
  readonly bytes: number;
  /** As people say it: `the held copy`. */
  readonly what: string;
}

interface Shortage extends FileSystemRoom {
  readonly neededBytes: number;
  /** A sentence without its full stop. */
  readonly says: string;
}

const mib = 1024 ** 2;

/**
 * On each file system: the agent's journal and audit log, flag files, and what undo writes, which is no more than those (it moves
 * and links what is large). A blank log is 5 kB and grows with the first snapshot.
 */
const spareBytes = 16 * mib;
/** A restore leaves some 30 names on a host; logs have a dozen files each. */
const spareFiles = 128;

/**
 * Everything that a restore may write on a host before somebody cleans up. A log is set aside by a rename; the new one may grow
 * as large, and one of a failed run is kept beside it. `backupBytes` is `null` for what comes from an old log.
 */
export function needsOfRestore(of: { logBytes: number; backupBytes: number | null }): readonly RoomNeed[] {
  return [
    { place: 'log', bytes: 2 * of.logBytes, what: 'two more logs of the size of this one' },
    ...copiesOf(of.backupBytes),
    { place: 'state', bytes: 0, what: 'the journal of the agent' },
    { place: 'flags', bytes: 0, what: 'the flag files' },
  ];
}

/** Too little room for all needs together, file system by file system. */
export function findShortages(
  fileSystems: readonly FileSystemRoom[],
  needs: readonly RoomNeed[],
): readonly Shortage[] {
  return fileSystems.flatMap((room) => {
    const here = needs.filter(({ place }) => room.places.includes(place));
    if (here.length === 0) return [];
    const neededBytes = here.reduce((sum, { bytes }) => sum + bytes, spareBytes);
    const disk = `the disk of ${listed(room.places.map((place) => placeNames[place]))}`;
    if (room.freeFiles !== null && room.freeFiles < spareFiles) {
      return [{ ...room, neededBytes, says: `${disk} takes only ${room.freeFiles} more files (df -i)` }];
    }
    if (room.freeBytes >= neededBytes) return [];
    const parts = here
      .filter(({ bytes }) => bytes > 0)
      .map(({ bytes, what }) => `${sizeText(bytes)} for ${what}`);
    const says = `there is not enough room on ${disk}: ${sizeText(room.freeBytes)} free, ${sizeText(neededBytes)} needed (${listed([...parts, `${sizeText(spareBytes)} to spare`])})`;
    return [{ ...room, neededBytes, says }];
  });
}

function copiesOf(backupBytes: number | null): readonly RoomNeed[] {
  if (backupBytes === null) return [];
  return [
    { place: 'backups', bytes: backupBytes, what: 'the placed copy of the backup' },
    { place: 'state', bytes: backupBytes, what: 'the held copy' },
  ];
}

/** `40 MiB`, `120 GiB`: rounded down, so that no room is ever promised. */
export function sizeText(bytes: number): string {
  return bytes < 10 * 1024 * mib ? `${Math.floor(bytes / mib)} MiB` : `${Math.floor(bytes / 1024 / mib)} GiB`;
}

const placeNames: Readonly<Record<Place, string>> = {
  log: 'the log',
  backups: 'the backups',
  state: 'paths.state',
  flags: 'the flag file',
};

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
