import { type Check, refuse } from '../finding.ts';
import type { Reading } from '../reading.ts';

/** More than half of all configured hosts, whether they answer or not. */
export function quorumOf({ cluster }: Pick<Reading, 'cluster'>): number {
  return Math.floor(cluster.hosts.length / 2) + 1;
}

/** Two quorums that do not meet write two logs. Aurora's own default is 1. */
export const quorumSize: Check = {
  name: 'quorum size',
  code: 'host-unfit',
  find: (reading) => {
    const quorum = quorumOf(reading);
    return reading.hosts.flatMap(({ host, status }) => {
      const size = status.flags.values['native_log_quorum_size'] ?? '1';
      if (Number(size) === quorum) return [];
      return [
        refuse(
          `-native_log_quorum_size is ${size}, and ${reading.cluster.hosts.length} hosts need ${quorum}.`,
          'A wrong quorum corrupts the log: list all hosts of the cluster in the configuration, or fix the flag first.',
          { host },
        ),
      ];
    });
  },
  passes: (reading) => `-native_log_quorum_size is ${quorumOf(reading)} on every host.`,
};
