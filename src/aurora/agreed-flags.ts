/** Schedulers that differ in one of these are not one cluster, or become another one when the leader moves. */
export const agreedFlags = [
  'cluster_name',
  'native_log_quorum_size',
  'native_log_zk_group_path',
  'serverset_path',
  'zk_endpoints',
  'zk_chroot_path',
  'framework_name',
  'framework_failover_timeout',
  'http_authentication_mechanism',
] as const;
