import { type Check, refuse, warn } from '../finding.ts';

/** Only restores block traffic, and each of them lets it in again at its end. */
export const trafficBlocked: Check = {
  name: 'traffic not blocked already',
  code: 'host-unfit',
  find: ({ hosts }) =>
    hosts.flatMap(({ host, status }) =>
      status.traffic === 'blocked'
        ? [
            refuse(
              'outside traffic is already blocked.',
              'Find out who did that: another restore may be in progress.',
              { host },
            ),
          ]
        : [],
    ),
  passes: () => 'Outside traffic is blocked nowhere.',
};

/** Aurora's own client retries a commit until it goes through, from anywhere that reaches the port. */
export const trafficDriver: Check = {
  name: 'traffic driver',
  code: 'host-unfit',
  find: ({ hosts }) =>
    hosts.flatMap(({ host, status }) =>
      status.traffic === 'not-managed'
        ? [
            warn(
              'outside traffic is not blocked during the restore: no traffic driver is configured.',
              "Keep clients away from -http_port yourselves, or set drivers.traffic in the agent's configuration.",
              { host },
            ),
          ]
        : [],
    ),
  passes: () => 'Every agent can block outside traffic.',
};
