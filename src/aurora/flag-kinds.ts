/**
 * What the value of a flag must look like; a scheduler that finds it wrong prints its usage and ends (aurora.md 7.1). The
 * kinds are the types that the option classes of apache/aurora declare (`*Module.Options`, `SchedulerMain.Options`,
 * `FlaggedZooKeeperConfig.Options` of 0.19 to 0.22, `@CmdLine` before).
 */
export type FlagKind =
  | 'text'
  | 'duration'
  | 'number'
  | 'rate'
  | 'size'
  | 'switch'
  | 'endpoints'
  | 'znode'
  | 'mesos-master'
  | 'address'
  | 'word'
  | 'words'
  | 'mounts'
  | 'parameters'
  | 'class'
  | 'classes'
  | 'credentials'
  | 'pattern'
  | 'file';

/**
 * Every flag that a release is known to have: the lists that 0.9.0, 0.17.0 and 0.20.0 print of themselves (recorded), their
 * required ones, and the documented ones of the others. In which releases each exists says flag-lifetimes.ts.
 */
const names: Readonly<Record<FlagKind, string>> = {
  duration: `async_slot_stat_update_interval async_task_stat_update_interval backup_interval cron_start_initial_backoff
    cron_start_max_backoff db_lock_timeout db_row_gc_interval dlog_shutdown_grace_period dlog_snapshot_interval
    executor_gc_interval first_schedule_delay flapping_task_threshold framework_failover_timeout
    history_min_retention_threshold history_prune_threshold host_maintenance_polling_interval initial_flapping_task_delay
    initial_schedule_penalty initial_task_kill_retry_interval job_update_history_pruning_interval
    job_update_history_pruning_threshold max_flapping_task_delay max_leading_duration max_registration_delay
    max_reschedule_task_delay_on_startup max_schedule_penalty max_sla_duration_secs min_offer_hold_time
    native_log_election_timeout native_log_read_timeout native_log_write_timeout offer_filter_duration
    offer_hold_jitter_window offer_reservation_duration preemption_delay preemption_slot_hold_time
    preemption_slot_search_initial_delay preemption_slot_search_interval reconciliation_explicit_batch_interval reconciliation_explicit_interval
    reconciliation_implicit_interval reconciliation_initial_delay reconciliation_schedule_spread
    sla_aware_kill_retry_max_delay sla_aware_kill_retry_min_delay sla_coordinator_timeout sla_stat_refresh_interval
    slow_query_log_threshold stat_export_interval stat_retention_period stat_sampling_interval
    transient_task_state_timeout unavailability_threshold update_affinity_reservation_hold_time zk_connection_timeout
    zk_session_timeout`,
  number: `async_worker_threads cron_scheduler_num_threads cron_scheduling_max_batch_size
    db_max_active_connection_count db_max_idle_connection_count history_max_per_job_threshold http_port
    job_update_history_per_job_threshold max_async_event_bus_threads max_parallel_coordinated_maintenance max_saved_backups max_status_update_batch_size
    max_task_event_batch_size max_tasks_per_job max_tasks_per_schedule_attempt max_update_instance_failures
    min_required_instances_for_sla_check native_log_election_retries native_log_quorum_size
    offer_static_ban_cache_max_size preemption_reservation_max_batch_size reconciliation_explicit_batch_size
    scheduling_max_batch_size sla_aware_action_max_batch_size`,
  size: 'dlog_max_entry_size thermos_executor_ram',
  switch: `allow_container_volumes allow_docker_parameters allow_gpu_resource alsologtostderr deduplicate_snapshots
    deflate_snapshots enable_cors_support enable_db_metrics enable_h2_console enable_job_creation enable_job_updates
    enable_mesos_fetcher enable_preemptor enable_revocable_cpus enable_revocable_ram enable_update_affinity
    framework_announce_principal hold_offers_forever kerberos_debug logtostderr partition_aware populate_discovery_info
    receive_revocable_resources require_docker_use_executor serverset_encode_json sla_aware_kill_non_prod thermos_home_in_sandbox
    use_beta_db_task_store use_glog use_glog_formatter zk_in_proc zk_use_curator`,
  endpoints: 'zk_endpoints',
  znode: 'native_log_zk_group_path serverset_path zk_chroot_path',
  'mesos-master': 'mesos_master_address',
  rate: 'max_schedule_attempts_per_sec thermos_executor_cpu',
  address: 'ip',
  word: 'guice_stage http_authentication_mechanism mesos_driver',
  words: 'allowed_container_types offer_order sla_non_prod_metrics sla_prod_metrics',
  mounts: 'global_container_mounts',
  parameters: 'default_docker_parameters',
  class: 'auth_module offer_set_module shiro_after_auth_filter shiro_credentials_matcher',
  classes: `extra_modules preemption_slot_finder_modules shiro_realm_modules task_assigner_modules
    thrift_method_interceptor_modules`,
  credentials: 'zk_digest_credentials',
  pattern: 'allowed_job_environments',
  file: `custom_executor_config framework_authentication_file shiro_ini_path tier_config webhook_config`,
  text: `aux_port_as_primary backup_dir cluster_name cron_timezone enable_cors_for executor_user framework_name
    gc_executor_path hostname kerberos_server_keytab kerberos_server_principal log_dir mesos_role native_log_file_path
    serverset_endpoint_name shard_id snapshot_hydrate_stores thermos_executor_flags thermos_executor_path
    thermos_executor_resources thermos_observer_root user_capabilities viz_job_url_prefix vlog vmodule`,
};

/** By name without the dash. */
export const flagKinds: ReadonlyMap<string, FlagKind> = new Map(
  Object.entries(names).flatMap(([kind, list]) =>
    list.split(/\s+/).map((name) => [name, kind as FlagKind] as const),
  ),
);

/**
 * The words of each enumeration: `OfferOrder`, `MetricCalculator.MetricCategory`, `Container._Fields`,
 * `SchedulerMain.DriverKind`, `HttpSecurityModule.HttpAuthenticationMechanism` of apache/aurora, Guice's `Stage`.
 */
const enumerations: Readonly<Record<string, readonly string[]>> = {
  allowed_container_types: ['DOCKER', 'MESOS'],
  guice_stage: ['DEVELOPMENT', 'PRODUCTION', 'TOOL'],
  http_authentication_mechanism: ['NONE', 'BASIC', 'NEGOTIATE'],
  mesos_driver: ['SCHEDULER_DRIVER', 'V0_DRIVER', 'V1_DRIVER'],
  offer_order: ['CPU', 'MEMORY', 'DISK', 'REVOCABLE_CPU', 'RANDOM'],
  sla_non_prod_metrics: ['JOB_UPTIMES', 'MEDIANS', 'PLATFORM_UPTIME'],
  sla_prod_metrics: ['JOB_UPTIMES', 'MEDIANS', 'PLATFORM_UPTIME'],
};

/** The words that a flag of kind `word` or `words` may have; none for any other flag. */
export function wordsOf(flag: string): readonly string[] {
  return enumerations[flag] ?? [];
}

/** A few flags carry a secret in the open (`-zk_digest_credentials=user:password`): their value is shown to nobody. */
export function isSecretFlag(flag: string): boolean {
  return /credentials$|password|secret/i.test(flag);
}
