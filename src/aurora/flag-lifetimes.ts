import { type Lifetime, livesIn } from './lifetime.ts';

/** Documented lifetimes (aurora.md 7.2, 7.3, 11.2), corrected by what 0.9.0 lists itself. */
const documented: Readonly<Record<string, Lifetime>> = {
  gc_executor_path: { to: 8 },
  executor_gc_interval: { to: 8 },
  reconciliation_initial_delay: { from: 9 },
  reconciliation_schedule_spread: { from: 9 },
  reconciliation_explicit_interval: { from: 9 },
  reconciliation_implicit_interval: { from: 9 },
  reconciliation_explicit_batch_size: { from: 14 },
  reconciliation_explicit_batch_interval: { from: 14 },
  deflate_snapshots: { to: 10 },
  deduplicate_snapshots: { from: 6, to: 10 },
  enable_cors_support: { to: 10 },
  hostname: { from: 7 },
  http_authentication_mechanism: { from: 8 },
  shiro_realm_modules: { from: 8 },
  shiro_ini_path: { from: 8 },
  shiro_after_auth_filter: { from: 12 },
  ip: { from: 14 },
  zk_use_curator: { from: 14, to: 18 },
  snapshot_hydrate_stores: { from: 17, to: 18 },
  serverset_endpoint_name: { from: 17 },
  use_beta_db_task_store: { to: 18 },
  mesos_driver: { from: 18 },
  zk_connection_timeout: { from: 19 },
  dlog_shutdown_grace_period: { to: 19 },
  partition_aware: { from: 20 },
};

/** The rest, exactly, from the tags 0.9 to 0.22 (aurora-versions.md), and by the lists that 0.9.0, 0.17.0 and 0.20.0 print. */
const tagged: readonly { readonly lifetime: Lifetime; readonly names: string }[] = [
  {
    lifetime: { to: 9 },
    names: `auth_module aux_port_as_primary guice_stage log_dir max_async_event_bus_threads serverset_encode_json shard_id
      stat_export_interval use_glog user_capabilities`,
  },
  {
    lifetime: { to: 11 },
    names: `alsologtostderr enable_job_creation enable_job_updates extra_modules logtostderr use_glog_formatter vlog
      vmodule`,
  },
  { lifetime: { to: 13 }, names: 'thermos_observer_root' },
  { lifetime: { to: 19 }, names: 'db_row_gc_interval enable_h2_console slow_query_log_threshold' },
  { lifetime: { from: 10 }, names: 'allow_docker_parameters receive_revocable_resources tier_config' },
  { lifetime: { from: 11 }, names: 'custom_executor_config framework_announce_principal' },
  { lifetime: { from: 12 }, names: 'default_docker_parameters mesos_role' },
  { lifetime: { from: 12, to: 19 }, names: 'db_lock_timeout' },
  {
    lifetime: { from: 13 },
    names: 'populate_discovery_info require_docker_use_executor thermos_home_in_sandbox',
  },
  {
    lifetime: { from: 14 },
    names: 'allow_gpu_resource framework_name offer_filter_duration webhook_config',
  },
  {
    lifetime: { from: 14, to: 19 },
    names: 'db_max_active_connection_count db_max_idle_connection_count',
  },
  { lifetime: { from: 15 }, names: 'enable_mesos_fetcher' },
  {
    lifetime: { from: 16 },
    names: `cron_scheduling_max_batch_size enable_revocable_cpus enable_revocable_ram max_task_event_batch_size
      scheduling_max_batch_size`,
  },
  {
    lifetime: { from: 17 },
    names: 'allow_container_volumes max_tasks_per_schedule_attempt preemption_reservation_max_batch_size',
  },
  { lifetime: { from: 17, to: 19 }, names: 'enable_db_metrics' },
  {
    // Not in the list of 0.17; the widest lifetime that this allows.
    lifetime: { from: 18 },
    names: `enable_update_affinity offer_order preemption_slot_finder_modules task_assigner_modules
      unavailability_threshold update_affinity_reservation_hold_time`,
  },
  {
    lifetime: { from: 19 },
    names: `allowed_job_environments hold_offers_forever offer_static_ban_cache_max_size shiro_credentials_matcher
      thrift_method_interceptor_modules`,
  },
  { lifetime: { from: 20 }, names: 'offer_set_module' },
  {
    lifetime: { from: 21 },
    names: `host_maintenance_polling_interval max_sla_duration_secs min_required_instances_for_sla_check
      sla_aware_action_max_batch_size sla_aware_kill_retry_max_delay sla_aware_kill_retry_min_delay
      sla_coordinator_timeout`,
  },
  {
    // The last two are in the configuration reference of apache/aurora's last commit; the widest lifetime that this allows.
    lifetime: { from: 22 },
    names:
      'sla_aware_kill_non_prod max_parallel_coordinated_maintenance preemption_slot_search_initial_delay',
  },
];

/** Flags that some release does not have; a flag that is not here exists in all of them, or is not known to us. */
export const flagLifetimes: ReadonlyMap<string, Lifetime> = new Map([
  ...tagged.flatMap(({ lifetime, names }) =>
    names.split(/\s+/).map((name): [string, Lifetime] => [name, lifetime]),
  ),
  ...Object.entries(documented),
]);

/** False only for a flag that stops the release from starting; what we do not know is taken for good. */
export function mayHaveFlag(minor: number, name: string): boolean {
  return livesIn(flagLifetimes.get(name) ?? {}, minor);
}
