import { parseFlagDuration } from '../../../aurora/flag-duration.ts';
import { mayHaveFlag } from '../../../aurora/flag-lifetimes.ts';
import { releaseOf } from '../../../aurora/releases.ts';
import { type Check, refuse } from '../finding.ts';

/** Those among the flags of a restore whose value is a time. */
const durations: ReadonlySet<string> = new Set([
  'max_registration_delay',
  'reconciliation_initial_delay',
  'backup_interval',
]);

/**
 * A scheduler does not start with a flag that its release does not know, nor with a time in a unit it does not take, and
 * would tell so only after its log was set aside. To take away a flag that is not there is always fine.
 */
export const recoveryFlagsFit: Check = {
  name: 'recovery flags fit the release',
  code: 'flags-not-accepted',
  find: ({ flagsToSet, cluster }) => {
    const { minor, version } = releaseOf(cluster.auroraVersion);
    return Object.entries(flagsToSet).flatMap(([flag, value]) => {
      if (value === null) return [];
      if (!mayHaveFlag(minor, flag)) {
        return [refuse(`Aurora ${version} has no flag -${flag}, which recovery mode sets.`, hint)];
      }
      return durations.has(flag) && parseFlagDuration(value) === null
        ? [refuse(`Aurora ${version} takes no -${flag}=${value}, which recovery mode sets.`, hint)]
        : [];
    });
  },
  passes: ({ cluster }) => `Aurora ${cluster.auroraVersion} takes every flag of recovery mode.`,
};

const hint =
  'Check that auroraVersion is the release that runs; if it is, report this as a mistake of this program.';
