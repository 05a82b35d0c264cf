import { describe, expect, test } from 'vitest';
import { judgeFlags } from '../../src/aurora/judge-flags.ts';

const problems = (release: string, flag: string, value: string): readonly string[] =>
  judgeFlags(release, { [flag]: value }).map(({ says }) => says);

/** What the sources of a release say of values that nobody tried on a running one. */
describe.each<[release: string, flag: string, value: string, says: RegExp | null]>([
  ['0.22.0', 'offer_order', 'FOO', /is not a list of CPU, MEMORY, DISK, REVOCABLE_CPU, RANDOM/],
  ['0.22.0', 'offer_order', 'CPU, MEMORY', /no blanks between/],
  ['0.18.0', 'offer_order', 'CPU, MEMORY', null],
  ['0.22.0', 'offer_order', 'cpu,random', null],
  ['0.18.0', 'offer_order', 'cpu', /is not a list of CPU/],
  ['0.22.0', 'offer_order', "''", null],
  ['0.22.0', 'mesos_driver', 'v1_driver', null],
  ['0.18.0', 'mesos_driver', 'v1_driver', /is none of SCHEDULER_DRIVER/],
  ['0.22.0', 'http_authentication_mechanism', 'basic', null],
  ['0.17.0', 'http_authentication_mechanism', 'basic', /is none of NONE, BASIC, NEGOTIATE/],
  ['0.9.0', 'guice_stage', 'FOO', /is none of DEVELOPMENT/],
  ['0.22.0', 'sla_non_prod_metrics', 'MEDIANS,', null],
  ['0.22.0', 'sla_non_prod_metrics', ',MEDIANS', /is not a list of JOB_UPTIMES/],
  ['0.22.0', 'native_log_quorum_size', '2 ', null],
  ['0.17.0', 'native_log_quorum_size', '2 ', /not a whole number/],
  ['0.22.0', 'native_log_quorum_size', '"2"', null],
  ['0.22.0', 'native_log_quorum_size', '+2', null],
  ['0.22.0', 'max_registration_delay', '"360mins"', null],
  ['0.17.0', 'max_registration_delay', "'360mins'", null],
  ['0.22.0', 'partition_aware', 'TRUE', null],
  ['0.17.0', 'enable_preemptor', 'maybe', null],
  ['0.17.0', 'no_enable_preemptor', 'true', null],
  ['0.22.0', 'no_enable_preemptor', 'true', /is not a flag of any known release/],
  ['0.22.0', 'thermos_home_in_sandbox', 'maybe', /neither true nor false/],
  ['0.22.0', 'global_container_mounts', '/a', /is not a list of host:container:ro/],
  ['0.22.0', 'global_container_mounts', '/a:/b', /is not a list of host:container:ro/],
  ['0.22.0', 'global_container_mounts', '/a:/b:RW,/c:/d:ro', null],
  ['0.22.0', 'default_docker_parameters', 'net', /is not a list of name=value/],
  ['0.22.0', 'default_docker_parameters', 'net=host,label=a=b', null],
  ['0.22.0', 'max_schedule_attempts_per_sec', '0', /is not above 0/],
  ['0.22.0', 'max_schedule_attempts_per_sec', '1e2', null],
  ['0.22.0', 'thermos_executor_cpu', 'half', /is not a number/],
  ['0.22.0', 'thermos_executor_ram', '9999999999MB', /is not a size/],
  ['0.22.0', 'offer_static_ban_cache_max_size', '9223372036854775807', null],
  ['0.22.0', 'offer_static_ban_cache_max_size', '-1', /is below 0/],
  ['0.22.0', 'scheduling_max_batch_size', '0', /is not above 0/],
  ['0.22.0', 'cron_scheduler_num_threads', '0', /is not above 0/],
  ['0.22.0', 'async_worker_threads', '-1', /is below 0/],
  ['0.22.0', 'sla_stat_refresh_interval', '0secs', /is not above 0/],
  ['0.22.0', 'reconciliation_implicit_interval', '0mins', /is not above 0/],
  [
    '0.22.0',
    'initial_schedule_penalty',
    '2mins',
    /max_schedule_penalty \(1mins when it is left out\) is shorter/,
  ],
  ['0.22.0', 'transient_task_state_timeout', '10secs', /initial_task_kill_retry_interval \(15secs when/],
  ['0.17.0', 'transient_task_state_timeout', '10secs', null],
  ['0.22.0', 'initial_flapping_task_delay', '0secs', /is not above 0/],
  ['0.22.0', 'stat_sampling_interval', '500ms', /is under one second/],
  ['0.22.0', 'stat_retention_period', '0secs', /is shorter than/],
  ['0.22.0', 'max_leading_duration', '0secs', /gives up as soon as it leads/],
  ['0.22.0', 'dlog_snapshot_interval', '0secs', /ends the scheduler as soon as it leads/],
  ['0.22.0', 'zk_digest_credentials', 'a:b:c', /exactly one colon/],
  ['0.22.0', 'zk_digest_credentials', 'user:', null],
  ['0.22.0', 'zk_endpoints', 'zk1:2181, zk2:2181', /no blanks between/],
  ['0.17.0', 'zk_endpoints', 'zk1:2181, zk2:2181,', null],
  ['0.22.0', 'zk_endpoints', ',', /is not a list of host:port/],
  ['0.22.0', 'serverset_path', '/aurora/../scheduler', /not an absolute path/],
  ['0.22.0', 'serverset_path', '/aurora/scheduler/', /not an absolute path/],
  ['0.22.0', 'native_log_zk_group_path', '/aurora//log', /not an absolute path/],
  ['0.22.0', 'native_log_file_path', 'db', /names no directory/],
  ['0.22.0', 'thermos_executor_path', '/usr/bin/', /ends with a slash/],
  ['0.22.0', 'ip', '10.1.1.256', /is not an address/],
  ['0.22.0', 'ip', '127.1', null],
  ['0.22.0', 'ip', 'aurora-1.example', null],
  ['0.22.0', 'allowed_job_environments', '^(prod', /is not a regular expression/],
  ['0.22.0', 'allowed_job_environments', '(?i)prod|devel', null],
  ['0.22.0', 'shiro_credentials_matcher', '', /names no class/],
  ['0.22.0', 'shiro_realm_modules', 'KERBEROS5_AUTHN,INI_AUTHNZ', null],
  ['0.22.0', 'shiro_realm_modules', 'com.example.Realm', /is not one of Aurora's own classes/],
  ['0.22.0', 'max_parallel_coordinated_maintenance', '10', null],
])('%s with -%s=%s', (release, flag, value, says) => {
  test(says === null ? 'starts' : `is refused: ${says.source}`, () => {
    const told = problems(release, flag, value);

    if (says === null) expect(told).toEqual([]);
    else expect(told.join()).toMatch(says);
  });
});

test('a secret is in no sentence, nor the password in an address', () => {
  const told = judgeFlags('0.22.0', {
    zk_digest_credentials: 'hunter2',
    mesos_master_address: 'zk://bob:hunter2@zk:2181',
  });

  expect(told).toHaveLength(2);
  expect(JSON.stringify(told)).not.toContain('hunter2');
});

test('both of a pair that fit each other are taken, whatever the defaults are', () => {
  expect(judgeFlags('0.22.0', { initial_schedule_penalty: '2mins', max_schedule_penalty: '10mins' })).toEqual(
    [],
  );
});
