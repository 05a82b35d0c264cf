/** Whether a release of Aurora starts with flags, before anything is written: a scheduler only tells by not starting. */
import { AuroraError } from '../../aurora/errors.ts';
import { durationUnits, parseFlagDuration } from '../../aurora/flag-duration.ts';
import { mayHaveFlag } from '../../aurora/flag-lifetimes.ts';
import { releaseOf } from '../../aurora/releases.ts';
import type { FlagChanges } from './flag-grammar.ts';
import { type FlagKind, flagKinds } from './flag-kinds.ts';

/**
 * Throws AuroraError `flags-not-accepted` for the first flag that the release would not start with. A flag that is taken
 * away is always fine here.
 */
export function requireAccepted(auroraVersion: string, changes: FlagChanges): void {
  const problem = findUnaccepted(auroraVersion, changes)[0];
  if (problem === undefined) return;
  throw new AuroraError({
    code: 'flags-not-accepted',
    message: `${problem} Nothing was written.`,
    hint: 'Choose a flag and a value that this release takes; auroraVersion in the configuration of the agent says which it is.',
  });
}

/** One sentence for each flag that the release would not start with. */
export function findUnaccepted(auroraVersion: string, flags: FlagChanges): readonly string[] {
  const { minor } = releaseOf(auroraVersion);
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === null) return [];
    const kind = flagKinds.get(name);
    if (kind === undefined) return [`-${name} is not a flag of any known release of Aurora.`];
    if (!mayHaveFlag(minor, name))
      return [`Aurora ${auroraVersion} has no flag -${name} and would not start with it.`];
    const complaint = complainAbout(kind, name, value);
    return complaint === null ? [] : [`-${name}=${value.slice(0, 100)} ${complaint}.`];
  });
}

function complainAbout(kind: FlagKind, name: string, value: string): string | null {
  // Quotes that reach the process are stripped by some releases and refused by others (recorded).
  if (/^["']|["']$/.test(value)) return 'has quotes that would reach the scheduler';
  return checks[kind](value, name);
}

type Check = (value: string, name: string) => string | null;

const intMax = 2 ** 31 - 1;
const minuteMs = 60_000;
const hostAndPort = String.raw`[^\s:,/@]+:\d{1,5}`;
const znode = String.raw`(?:/[^/\s]+)+`;

const checks: Readonly<Record<FlagKind, Check>> = {
  text: () => null,
  duration: (value, name) => {
    const ms = parseFlagDuration(value);
    if (ms === null || Number.parseInt(value, 10) > intMax) {
      return `is no duration: a number and one of ${durationUnits}, with nothing between`;
    }
    // Cut to whole minutes it becomes 0, which kills the scheduler at the moment it turns ACTIVE (aurora.md 13).
    const kills = /^reconciliation_(explicit|implicit)_interval$/.test(name) && ms < minuteMs;
    return kills ? 'is under one minute, which ends the scheduler as soon as it leads' : null;
  },
  number: (value) =>
    /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= intMax ? null : 'is no whole number',
  size: (value) =>
    /^\d{1,10}(BITS|Kb|Mb|Gb|BYTES|KB|MB|GB|TB|PB)$/.test(value) ? null : 'is no size such as 512KB',
  switch: (value) => (value === 'true' || value === 'false' ? null : 'is neither true nor false'),
  endpoints: (value) =>
    matches(value, `${hostAndPort}(?:,${hostAndPort})*`) ? null : 'is no list of host:port',
  znode: (value) => (matches(value, znode) ? null : 'is no absolute path in ZooKeeper'),
  // Without a path the shutdown of the scheduler deadlocks and only SIGKILL ends it (aurora.md 13).
  'mesos-master': (value) =>
    matches(value, `zk://(?:[^@/\\s]+@)?${hostAndPort}(?:,${hostAndPort})*${znode}`) ||
    matches(value, hostAndPort)
      ? null
      : 'is neither host:port nor zk://host:port/path',
};

function matches(value: string, pattern: string): boolean {
  return new RegExp(`^${pattern}$`).test(value);
}
