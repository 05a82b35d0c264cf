import type { HostPaths, HostStatus, MovedPath } from '../../../aurora/hosts.ts';
import { isWithin, overlaps, samePath } from '../../../aurora/paths.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import { listText } from '../words.ts';

/** What the scheduler uses must be what the agent works on, inside the directories it may change, and movable there. */
export const paths: Check = {
  name: 'paths inside the allowed roots',
  code: 'host-unfit',
  find: ({ hosts }) => hosts.flatMap(({ host, status }) => findOn(host, status)),
  passes: () => 'Logs, backups and flag files are where the agents may work.',
};

function findOn(host: string, { paths: places, flags }: HostStatus): Finding[] {
  if (places === undefined) {
    return [
      warn(
        'the agent does not say which directories it may work in.',
        "Compare its paths with the scheduler's flags; a newer agent reports them.",
        { host },
      ),
    ];
  }
  return [
    ...compare(host, { flag: 'native_log_file_path', flags: flags.values, place: places.log.path }),
    ...compare(host, { flag: 'backup_dir', flags: flags.values, place: places.backups.path }),
    ...confine(host, places, places.log),
    ...confine(host, places, places.flags),
    ...confine(host, places, places.backups),
    ...[places.log, places.flags].filter(({ movable }) => !movable).map((place) => unmovable(host, place)),
    ...overlaps([
      { key: 'paths.log', path: places.log.real ?? places.log.path },
      { key: 'paths.flags', path: places.flags.real ?? places.flags.path },
      { key: 'paths.backups', path: places.backups.real ?? places.backups.path },
    ]).map((sentence) => refuse(`with links followed, ${sentence}`, overlapping, { host })),
  ];
}

function compare(
  host: string,
  seen: { flag: string; flags: Readonly<Record<string, string>>; place: string },
): Finding[] {
  const value = seen.flags[seen.flag];
  if (value === undefined) {
    return [
      warn(
        `the flag file has no -${seen.flag}, so it cannot be compared with ${seen.place}.`,
        'Look at how the scheduler is started.',
        { host },
      ),
    ];
  }
  if (samePath(value, seen.place)) return [];
  return [
    refuse(
      `the scheduler has -${seen.flag}=${value}, and the agent works on ${seen.place}.`,
      'Correct the paths in the configuration of the agent: it would work on the wrong files.',
      { host },
    ),
  ];
}

function confine(
  host: string,
  { roots }: HostPaths,
  { path, real }: { path: string; real: string | null },
): Finding[] {
  if (real === null) {
    return [
      warn(
        `${path} does not exist.`,
        'Look at the host: a restore sets aside what is there, and makes a new one.',
        { host },
      ),
    ];
  }
  if (roots.some((root) => isWithin(real, root))) return [];
  return [
    refuse(
      `${path} leads to ${real}, outside of what the agent may change (${listText(roots)}).`,
      'Give the agent the real path in its configuration.',
      { host },
    ),
  ];
}

function unmovable(host: string, { path, obstacle }: MovedPath): Finding {
  return refuse(
    obstacle === undefined
      ? `${path} cannot be moved aside where it is.`
      : `${path} ${obstacle.why}, so it cannot be moved aside.`,
    obstacle?.remedy ??
      "It must not be a link or a mount point, and the agent must be able to write its directory (ReadWritePaths of the agent's unit).",
    { host },
  );
}

const overlapping = 'Keep them apart: moving or filling one would move or fill the other.';
