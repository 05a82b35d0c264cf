/** How long a restore takes at most, by the waits and the policy of its cluster. */
import type { Cluster } from '../../aurora/cluster.ts';

/**
 * What hosts need from the stop until a scheduler registers again, at the bounds of their waits and with people who sign
 * at once: two stops, three elections (recovery mode, after the commit, the normal start), one registration.
 */
export function neededMs({ waits }: Cluster): number {
  const stops = 2 * (waits.stopGraceMs + waits.logGroupEmptyMs);
  return stops + 3 * waits.electionMs + waits.registrationMs;
}

/** The same with people who take all the time they have for the commit. */
export function longestMs(cluster: Cluster): number {
  return neededMs(cluster) + cluster.policy.signOffTtlMs + cluster.policy.commitWindowMs;
}

/** From the proposal to the end: the time to approve the stop, the second look and the watch afterwards included. */
export function wholeRestoreMs(cluster: Cluster): number {
  const { policy, waits } = cluster;
  return policy.signOffTtlMs + longestMs(cluster) + policy.secondLookMs + waits.soakMs;
}
