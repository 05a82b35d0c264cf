/**
 * Whether a release of Aurora starts, and goes on, with flags: a scheduler only tells by not starting. What it reads
 * elsewhere, such as files and classes that a flag names, is not judged.
 */
import { durationUnits, parseFlagDuration } from './flag-duration.ts';
import { type FlagKind, flagKinds } from './flag-kinds.ts';
import { mayHaveFlag } from './flag-lifetimes.ts';
import { type Release, releaseOf } from './releases.ts';

interface FlagComplaint {
  readonly flag: string;
  /** One sentence for a person. */
  readonly says: string;
  /** A scheduler starts with it all the same, and ends later: that one runs is no proof. */
  readonly endsLater: boolean;
}

/** One complaint for each flag that the release would not run with. A flag that is taken away is always fine here. */
export function judgeFlags(
  auroraVersion: string,
  flags: Readonly<Record<string, string | null>>,
): readonly FlagComplaint[] {
  const release = releaseOf(auroraVersion);
  return Object.entries(flags).flatMap(([flag, value]) => {
    if (value === null) return [];
    const complain = (says: string, endsLater = false) => [{ flag, says, endsLater }];
    const kind = flagKinds.get(flag);
    if (kind === undefined) return complain(`-${flag} is not a flag of any known release of Aurora.`);
    if (!mayHaveFlag(release.minor, flag))
      return complain(`Aurora ${auroraVersion} has no flag -${flag} and would not start with it.`);
    const wrong = complainAbout(kind, { flag, value, release });
    if (wrong !== null) return complain(`-${flag}=${value.slice(0, 100)} ${wrong}.`);
    const ends = endsAsLeader(flag, value);
    return ends === null ? [] : complain(`-${flag}=${value.slice(0, 100)} ${ends}.`, true);
  });
}

interface Given {
  readonly flag: string;
  readonly value: string;
  readonly release: Release;
}

function complainAbout(kind: FlagKind, given: Given): string | null {
  const { flag, value } = given;
  // Quotes that reach the process are stripped by some releases and refused by others (recorded).
  if (/^["']|["']$/.test(value)) return 'has quotes that would reach the scheduler';
  return checks[kind](given) ?? byName[flag]?.(value) ?? null;
}

type Check = (given: Given) => string | null;

const intMax = 2 ** 31 - 1;
const secondMs = 1_000;
const minuteMs = 60_000;
const portMax = 65_535;
const hostAndPort = String.raw`[^\s:,/@]+:\d{1,5}`;
const znode = String.raw`(?:/[^/\s]+)+`;

const checks: Readonly<Record<FlagKind, Check>> = {
  text: () => null,
  duration: ({ value, release }) => {
    // The old parser reads an int, the new one a long (recorded).
    const tooLong = release.flagParser === 'arg-scanner' && Number.parseInt(value, 10) > intMax;
    return parseFlagDuration(value) === null || tooLong
      ? `is no duration: a number and one of ${durationUnits}, with nothing between`
      : null;
  },
  number: ({ value }) =>
    /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= intMax ? null : 'is no whole number',
  size: ({ value }) =>
    /^\d{1,10}(BITS|Kb|Mb|Gb|BYTES|KB|MB|GB|TB|PB)$/.test(value) ? null : 'is no size such as 512KB',
  switch: ({ value }) => (value === 'true' || value === 'false' ? null : 'is neither true nor false'),
  endpoints: ({ value }) => {
    const list = matches(value, `${hostAndPort}(?:,${hostAndPort})*,?`);
    const ports = [...value.matchAll(/:(\d+)/g)].every(([, port]) => Number(port) <= portMax);
    return list && ports ? null : 'is no list of host:port';
  },
  znode: ({ value }) => (matches(value, znode) ? null : 'is no absolute path in ZooKeeper'),
  // Without a path the shutdown of the scheduler deadlocks and only SIGKILL ends it (aurora.md 13).
  'mesos-master': ({ value }) =>
    matches(value, `zk://(?:[^@/\\s]+@)?${hostAndPort}(?:,${hostAndPort})*${znode}`) ||
    matches(value, hostAndPort)
      ? null
      : 'is neither host:port nor zk://host:port/path',
};

/** What a real 0.23 ends with, or never becomes ready with, beyond the form of its kind (test/fixtures/flags). */
const byName: Readonly<Record<string, (value: string) => string | null>> = {
  allowed_container_types: listOf(['DOCKER', 'MESOS']),
  global_container_mounts: (value) =>
    value === '' || matches(value, '[^:,]+:[^:,]+:(RO|RW|ro|rw)(,[^:,]+:[^:,]+:(RO|RW|ro|rw))*')
      ? null
      : 'is no list of host:container:ro or rw',
  http_authentication_mechanism: oneOf(['NONE', 'BASIC', 'NEGOTIATE']),
  http_port: (value) =>
    Number(value) >= 0 && Number(value) <= portMax
      ? null
      : 'is no port: a scheduler dies with it, and its process lives on',
  ip: (value) =>
    /^[\d.]+$/.test(value) &&
    !matches(value, String.raw`(?:(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?!$)|$)){4}`)
      ? 'is no address'
      : null,
  max_registration_delay: atLeastASecond,
  max_schedule_attempts_per_sec: (value) => (/^\d+(\.\d+)?$/.test(value) ? null : 'is no number'),
  max_tasks_per_job: (value) => (Number(value) > 0 ? null : 'is not above 0'),
  mesos_driver: oneOf(['SCHEDULER_DRIVER', 'V0_DRIVER', 'V1_DRIVER']),
  native_log_quorum_size: (value) => (Number(value) >= 0 ? null : 'is below 0: no scheduler gets ready'),
  zk_digest_credentials: (value) => (/^[^:]+:[^:]+$/.test(value) ? null : 'is not user:password'),
  zk_session_timeout: atLeastASecond,
};

function atLeastASecond(value: string): string | null {
  return (parseFlagDuration(value) ?? 0) < secondMs ? 'is under one second: no scheduler gets ready' : null;
}

function oneOf(words: readonly string[]): (value: string) => string | null {
  return (value) => (words.includes(value) ? null : `is none of ${words.join(', ')}`);
}

function listOf(words: readonly string[]): (value: string) => string | null {
  return (value) =>
    value === '' || value.split(',').every((word) => words.includes(word))
      ? null
      : `has something else than ${words.join(', ')}`;
}

/** Cut to whole minutes it becomes 0, which kills the scheduler at the moment it turns ACTIVE (aurora.md 13). */
function endsAsLeader(flag: string, value: string): string | null {
  const kills =
    /^reconciliation_(explicit|implicit)_interval$/.test(flag) &&
    (parseFlagDuration(value) ?? minuteMs) < minuteMs;
  return kills ? 'is under one minute, which ends the scheduler as soon as it leads' : null;
}

function matches(value: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
