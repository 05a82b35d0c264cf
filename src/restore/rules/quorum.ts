/**
 * Who gets a voting log in the recovery-tool procedure. Exactly a quorum does: the host that is refilled and one less
 * than a quorum of blank ones. The rest start empty, do not vote, and join with a copy (mesos.md 2.4, 2.5). So the blank
 * ones can never agree on an empty log without the refilled host, whatever starts, crashes or restarts in any order.
 */
import type { RestoreState } from '../record/state.ts';

/** Each host of the restore once; `refilled` is the first of `voters`. */
export function shareOutLogs(state: RestoreState): {
  readonly refilled: string;
  readonly voters: readonly string[];
  readonly empty: readonly string[];
} {
  const { hosts, backup } = state.proposal;
  const quorum = state.facts['check-hosts']?.quorum ?? Math.floor(hosts.length / 2) + 1;
  const inOrder = [backup.host, ...hosts.filter((host) => host !== backup.host)];
  return { refilled: backup.host, voters: inOrder.slice(0, quorum), empty: inOrder.slice(quorum) };
}
