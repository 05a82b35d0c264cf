import { type Check, refuse } from '../finding.ts';

/** Schedulers that differ in one of these are not one cluster, or become another one when the leader moves. */
const mustAgree = [
  'cluster_name',
  'native_log_quorum_size',
  'native_log_zk_group_path',
  'serverset_path',
  'zk_endpoints',
  'zk_chroot_path',
  'framework_name',
  'framework_failover_timeout',
  'http_authentication_mechanism',
];

/** A flag that stands on some hosts only is a difference too. */
export const flagsAgree: Check = {
  name: 'same flags',
  code: 'hosts-disagree',
  find: ({ hosts }) =>
    mustAgree.flatMap((flag) => {
      const values = new Set(hosts.map(({ status }) => status.flags.values[flag] ?? ''));
      if (values.size < 2) return [];
      const list = hosts.map(({ host, status }) => `${host} has ${status.flags.values[flag] ?? 'none'}`);
      return [
        refuse(
          `The hosts do not agree on -${flag}: ${list.join(', ')}.`,
          'Make the flag files say the same before a restore.',
        ),
      ];
    }),
  passes: () => `The ${mustAgree.length} flags that must agree do.`,
};
