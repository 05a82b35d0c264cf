import { type Check, refuse } from '../finding.ts';

/** One host that cannot be reached is a hard stop: its old log, left in place, can win the next election (aurora.md 14 F). */
export const hostsReachable: Check = {
  name: 'hosts reachable',
  code: 'agent-unreachable',
  // The error of an agent names its host already.
  find: ({ unreachable }) =>
    unreachable.map(({ host, error }) =>
      error.message.includes(host)
        ? refuse(error.message, error.hint, { code: error.code })
        : refuse(error.message, error.hint, { code: error.code, host }),
    ),
  passes: ({ hosts, cluster }) => `${hosts.length} of ${cluster.hosts.length} agents answer.`,
};
