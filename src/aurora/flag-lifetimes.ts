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

/**
 * The rest by the lists that 0.9.0, 0.17.0 and 0.20.0 print of themselves, and by the documents of 0.22. Where the exact
 * release is not known the widest possible lifetime stands here, so that nothing valid is ever called wrong.
 */
const recorded: readonly { readonly lifetime: Lifetime; readonly names: string }[] = [
  {
    lifetime: { to: 16 },
    names: `alsologtostderr auth_module aux_port_as_primary enable_job_creation enable_job_updates extra_modules
      guice_stage log_dir logtostderr max_async_event_bus_threads serverset_encode_json shard_id stat_export_interval
      thermos_observer_root use_glog use_glog_formatter user_capabilities vlog vmodule`,
  },
  { lifetime: { to: 19 }, names: 'db_row_gc_interval enable_h2_console slow_query_log_threshold' },
  {
    lifetime: { from: 10, to: 19 },
    names: 'db_lock_timeout db_max_active_connection_count db_max_idle_connection_count enable_db_metrics',
  },
  {
    lifetime: { from: 10 },
    names: `allow_container_volumes allow_docker_parameters allow_gpu_resource cron_scheduling_max_batch_size
      custom_executor_config default_docker_parameters enable_mesos_fetcher enable_revocable_cpus enable_revocable_ram
      framework_announce_principal framework_name max_task_event_batch_size max_tasks_per_schedule_attempt mesos_role
      offer_filter_duration populate_discovery_info preemption_reservation_max_batch_size receive_revocable_resources
      require_docker_use_executor scheduling_max_batch_size thermos_home_in_sandbox tier_config webhook_config`,
  },
  {
    lifetime: { from: 18 },
    names: `allowed_job_environments enable_update_affinity hold_offers_forever offer_order offer_set_module
      offer_static_ban_cache_max_size preemption_slot_finder_modules shiro_credentials_matcher task_assigner_modules
      thrift_method_interceptor_modules unavailability_threshold update_affinity_reservation_hold_time`,
  },
  {
    lifetime: { from: 21 },
    names: `host_maintenance_polling_interval max_sla_duration_secs min_required_instances_for_sla_check
      sla_aware_action_max_batch_size sla_aware_kill_non_prod sla_aware_kill_retry_max_delay
      sla_aware_kill_retry_min_delay sla_coordinator_timeout`,
  },
];

/** Flags that some release does not have; a flag that is not here exists in all of them, or is not known to us. */
export const flagLifetimes: ReadonlyMap<string, Lifetime> = new Map([
  ...recorded.flatMap(({ lifetime, names }) =>
    names.split(/\s+/).map((name): [string, Lifetime] => [name, lifetime]),
  ),
  ...Object.entries(documented),
]);

/** False only for a flag that stops the release from starting; what we do not know is taken for good. */
export function mayHaveFlag(minor: number, name: string): boolean {
  return livesIn(flagLifetimes.get(name) ?? {}, minor);
}
