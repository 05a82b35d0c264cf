/** What keeps the scheduler of a host from coming up, or from leading, by the flags of its host. Pure. */
import { flagKinds } from './flag-kinds.ts';
import { mayHaveFlag } from './flag-lifetimes.ts';
import { hidden } from './hidden.ts';
import type { HostStatus } from './hosts.ts';
import { judgeFlags } from './judge-flags.ts';
import { releaseOf } from './releases.ts';

interface FlagFault {
  readonly flag: string;
  /** One sentence: flag, value, and why. */
  readonly says: string;
  /** False when only a scheduler can tell, as with a class that is not Aurora's own. */
  readonly sure: boolean;
}

/** What the release would not run with. A value that a scheduler is up with is proven, unless it ends that one later. */
export function findFlagFaults(
  { flags, scheduler, vars }: Pick<HostStatus, 'flags' | 'scheduler' | 'vars'>,
  auroraVersion: string,
): readonly FlagFault[] {
  const { minor } = releaseOf(auroraVersion);
  const { values } = flags;
  // A process that answers nothing proves nothing: some die and leave their Java machine behind (aurora.md 13).
  const proven = vars === null ? {} : (scheduler.processFlags ?? {});
  const own = judgeFlags(auroraVersion, values)
    .filter(({ flag, endsLater }) => endsLater || proven[flag] !== values[flag])
    .filter(
      // The agent judges what it does not show.
      ({ flag }) => values[flag] !== hidden || !flagKinds.has(flag) || !mayHaveFlag(minor, flag),
    )
    .map(({ flag, says, sure }) => ({ flag, says, sure }));
  return [...own, ...(flags.faults ?? []).map((fault) => ({ ...fault, sure: true }))];
}
