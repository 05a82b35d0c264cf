import { parseFlagDuration } from '../../../aurora/flag-duration.ts';
import { findFlagFaults } from '../../../aurora/flag-faults.ts';
import { mayHaveFlag } from '../../../aurora/flag-lifetimes.ts';
import { releaseOf } from '../../../aurora/releases.ts';
import { type Check, type Finding, refuse, warn } from '../finding.ts';
import type { SeenHost } from '../reading.ts';

/** Those among the flags of a restore whose value is a time. */
const durations: ReadonlySet<string> = new Set([
  'max_registration_delay',
  'reconciliation_initial_delay',
  'backup_interval',
  'zk_session_timeout',
]);

/**
 * A scheduler does not start with a flag that its release does not know, nor with a value it does not take, and would tell
 * so only after its log was set aside: of those that the restore sets, and of those that stand in the file already. To take
 * away a flag that is not there is always fine.
 */
export const recoveryFlagsFit: Check = {
  name: 'recovery flags fit the release',
  code: 'flags-not-accepted',
  find: ({ flagsToSet, cluster, hosts }) => {
    const { minor, version } = releaseOf(cluster.auroraVersion);
    const set = Object.entries(flagsToSet).flatMap(([flag, value]) => {
      if (value === null) return [];
      if (!mayHaveFlag(minor, flag)) {
        return [refuse(`Aurora ${version} has no flag -${flag}, which recovery mode sets.`, hint)];
      }
      return durations.has(flag) && parseFlagDuration(value) === null
        ? [refuse(`Aurora ${version} takes no -${flag}=${value}, which recovery mode sets.`, hint)]
        : [];
    });
    return [...set, ...hosts.flatMap((host) => findOwn(host, version))];
  },
  passes: ({ cluster }) =>
    `Aurora ${cluster.auroraVersion} takes every flag of recovery mode and of the flag files.`,
};

/** Flags of the host's own file that it would not start with again. What its scheduler runs with it starts with. */
function findOwn({ host, status }: SeenHost, version: string): readonly Finding[] {
  return findFlagFaults(status, version).map(({ says, sure }) =>
    sure
      ? refuse(`In the flag file: ${says}`, ownHint, { host })
      : warn(`In the flag file: ${says}`, classHint, { host }),
  );
}

const ownHint =
  'The scheduler would not come back from its first stop. Correct the flag file, or auroraVersion if another release runs.';

const classHint =
  'Check on the host that the class is on the class path of the scheduler: if it is not, the scheduler would not come back from its first stop.';

const hint =
  'Check that auroraVersion is the release that runs; if it is, report this as a bug in this program.';
