import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { requireAccepted } from '../../../src/agent/flags/check-flags.ts';
import { flagKinds, wordsOf } from '../../../src/aurora/flag-kinds.ts';
import { judgeFlags } from '../../../src/aurora/judge-flags.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../../src/aurora/restore-flags.ts';

const recorded = ['0.9.0', '0.17.0', '0.20.0'] as const;
const fixture = (release: string, file: string): string =>
  readFileSync(new URL(`../../fixtures/releases/${release}/${file}`, import.meta.url), 'utf8');
/** What each release lists of itself; its usage leaves out the required ones from 0.19 on. */
const listed = new Map(
  recorded.map((release) => [
    release,
    z
      .array(z.string())
      .parse(JSON.parse(fixture(release, 'flags.json')))
      .map((flag) => flag.slice(1)),
  ]),
);
const required = [
  'backup_dir',
  'cluster_name',
  'mesos_master_address',
  'native_log_file_path',
  'native_log_zk_group_path',
  'serverset_path',
  'zk_endpoints',
];
const valueOfKind: Readonly<Record<string, string>> = {
  address: '10.0.3.11',
  class: 'org.apache.aurora.scheduler.Some',
  classes: 'org.apache.aurora.scheduler.Some,INI_AUTHNZ',
  credentials: 'user:password',
  duration: '5mins',
  mounts: '/a:/b:ro',
  parameters: 'name=value',
  rate: '40.0',
  number: '5',
  size: '512KB',
  switch: 'true',
  endpoints: 'zk:2181',
  znode: '/a/b',
  'mesos-master': 'zk://zk:2181/mesos',
};
/** Where not every value of the kind will do. */
const valueOfName: Readonly<Record<string, string>> = {
  cron_start_initial_backoff: '5secs',
  initial_schedule_penalty: '5secs',
  native_log_file_path: '/var/db/aurora',
};
/** A value that each release takes: of an enumeration its first word. */
const goodValue = (name: string): string =>
  wordsOf(name)[0] ?? valueOfName[name] ?? valueOfKind[flagKinds.get(name) ?? ''] ?? 'x';
const problems = (release: string, name: string, value?: string): readonly string[] =>
  judgeFlags(release, {
    [name]: value ?? goodValue(name),
  }).map(({ says }) => says);

describe.each(recorded)('flags of %s', (release) => {
  const own = [...(listed.get(release) ?? []), ...required];

  test('are all accepted', () => {
    expect(own.flatMap((name) => problems(release, name))).toEqual([]);
  });

  test('that other recorded releases have and this one has not are refused', () => {
    const foreign = recorded
      .flatMap((other) => listed.get(other) ?? [])
      .filter((name) => !own.includes(name));

    expect(foreign.length).toBeGreaterThan(10);
    expect(foreign.filter((name) => problems(release, name).length === 0)).toEqual([]);
  });

  test('are judged as the scheduler itself did', () => {
    const cases = [
      ...fixture(release, 'flag-tests.txt').matchAll(/^=== (?:unknown flag )?-(\w+)=(\S+)\n(\w+)/gm),
    ];

    const verdicts = cases.map(([, name = '', value = '', said]) => ({
      flag: `${name}=${value}`,
      scheduler: said === 'ACCEPTED',
      agent: problems(release, name, value).length === 0,
    }));

    expect(verdicts.length).toBeGreaterThanOrEqual(7);
    for (const { flag, scheduler, agent } of verdicts)
      expect({ flag, accepted: agent }).toEqual({ flag, accepted: scheduler });
  });

  test('of a restore are all accepted', () => {
    expect(judgeFlags(release, recoveryFlags(release))).toEqual([]);
    expect(judgeFlags(release, heldReconciliationFlags(release))).toEqual([]);
  });
});

describe('judgeFlags()', () => {
  test.each([
    ['max_registration_delay', '360min', /is not a duration/],
    ['max_registration_delay', '6h', /is not a duration/],
    ['max_registration_delay', '360 mins', /is not a duration/],
    ['max_registration_delay', "'360mins'", /quotes that would reach/],
    ['cluster_name', "'east'", /quotes that would reach/],
    ['reconciliation_explicit_interval', '30secs', /under one minute/],
    ['mesos_master_address', 'zk://localhost:2181', /neither host:port nor/],
    ['mesos_master_address', 'zk://localhost:2181/', /neither host:port nor/],
    ['mesos_master_address', 'zk://localhost/mesos', /neither host:port nor/],
    ['native_log_quorum_size', '2.5', /not a whole number/],
    ['native_log_quorum_size', '4294967296', /not a whole number/],
    ['dlog_max_entry_size', '512kb', /not a size/],
    ['partition_aware', 'yes', /neither true nor false/],
    ['zk_endpoints', 'zk1,zk2', /not a list of host:port/],
    ['serverset_path', 'aurora/scheduler', /not an absolute path/],
    ['colour', 'red', /not a flag of any known release/],
  ])('says what is wrong with -%s=%s', (name, value, message) => {
    expect(problems('0.22.0', name, value).join()).toMatch(message);
  });

  test.each([
    ['mesos_master_address', 'zk://user:pass@a:1,b:2/mesos/master'],
    ['mesos_master_address', 'mesos.example:5050'],
    ['reconciliation_explicit_interval', '60secs'],
    ['reconciliation_initial_delay', '365days'],
    ['dlog_max_entry_size', '512KB'],
    ['thermos_executor_resources', ''],
  ])('takes -%s=%s', (name, value) => {
    expect(problems('0.22.0', name, value)).toEqual([]);
  });

  test('lets any flag be taken away', () => {
    expect(judgeFlags('0.22.0', { gc_executor_path: null, colour: null })).toEqual([]);
  });
});

test('the old parser takes no number of a duration that an int does not hold', () => {
  expect(problems('0.17.0', 'max_registration_delay', '99999999999secs').join()).toMatch(/is not a duration/);
});

test('a release with flags of other releases is told each of them', () => {
  // Exact lifetimes from the tags: what stops a 0.12.0 (aurora-versions.md).
  const gone =
    `auth_module aux_port_as_primary guice_stage log_dir max_async_event_bus_threads serverset_encode_json shard_id
    stat_export_interval use_glog user_capabilities alsologtostderr enable_job_creation enable_job_updates extra_modules
    logtostderr use_glog_formatter vlog vmodule`.split(/\s+/);
  const later =
    `populate_discovery_info require_docker_use_executor thermos_home_in_sandbox allow_gpu_resource framework_name
    offer_filter_duration webhook_config db_max_active_connection_count db_max_idle_connection_count enable_mesos_fetcher
    cron_scheduling_max_batch_size enable_revocable_cpus enable_revocable_ram max_task_event_batch_size
    scheduling_max_batch_size allow_container_volumes max_tasks_per_schedule_attempt preemption_reservation_max_batch_size
    enable_db_metrics`.split(/\s+/);
  const own =
    'allow_docker_parameters tier_config custom_executor_config default_docker_parameters mesos_role db_lock_timeout thermos_observer_root'.split(
      ' ',
    );

  for (const name of [...gone, ...later]) {
    expect(problems('0.12.0', name), name).toEqual([
      `Aurora 0.12.0 has no flag -${name} and would not start with it.`,
    ]);
  }
  expect(own.flatMap((name) => problems('0.12.0', name))).toEqual([]);
});

describe('what a real 0.23 did with a value', () => {
  const tried = z
    .array(z.strictObject({ flag: z.string(), value: z.string(), real: z.string() }))
    .parse(JSON.parse(readFileSync(new URL('../../fixtures/flags/real-0.23.json', import.meta.url), 'utf8')));
  /** Files: the host looks at them (named-files.test.ts has the same table). */
  const ofTheHost = ['custom_executor_config', 'tier_config', 'webhook_config'];
  /** It got READY, and we say no: without a master nothing ever registers; the other one kills when it leads. */
  const stricter = ['mesos_master_address=', 'reconciliation_explicit_interval=30secs'];
  const judged = tried.filter(({ flag }) => !ofTheHost.includes(flag));

  test.each(judged)('is what is said of -$flag=$value: $real', ({ flag, value, real }) => {
    const expected = real === 'READY' && !stricter.includes(`${flag}=${value}`);

    expect(problems('0.23.0', flag, value).length === 0).toBe(expected);
  });

  test('and whatever is refused is told with the flag and the value', () => {
    const told = judged.flatMap(({ flag, value }) =>
      problems('0.23.0', flag, value).map((says) => ({
        says,
        begins: says.startsWith(`-${flag}=${value} `),
      })),
    );
    const other = told.filter(({ begins }) => !begins).map(({ says }) => says);

    expect(other).toEqual([
      'Aurora 0.23.0 has no flag -deduplicate_snapshots and would not start with it.',
      '-zk_digest_credentials is not user:password with exactly one colon.',
    ]);
  });

  test('and what is refused all the same was tried', () => {
    const texts = tried.map(({ flag, value }) => `${flag}=${value}`);

    expect(stricter.filter((text) => !texts.includes(text))).toEqual([]);
  });

  test('and what ends it later is told apart from what ends it at its start', () => {
    expect(judgeFlags('0.23.0', { reconciliation_explicit_interval: '30secs' })[0]?.endsLater).toBe(true);
    expect(judgeFlags('0.23.0', { http_port: '70000' })[0]?.endsLater).toBe(false);
    expect(judgeFlags('0.23.0', { native_log_quorum_size: '-1' })[0]?.endsLater).toBe(true);
  });
});

test('a class that only a scheduler can tell about is no refusal of what is to be written', () => {
  expect(() => requireAccepted('0.22.0', { task_assigner_modules: 'com.example.Assigner' })).not.toThrow();
  expect(judgeFlags('0.22.0', { task_assigner_modules: 'com.example.Assigner' })[0]?.sure).toBe(false);
});

test('requireAccepted() says the first of them in one sentence', () => {
  expect(() => requireAccepted('0.22.0', { gc_executor_path: '/x' })).toThrow(
    'Aurora 0.22.0 has no flag -gc_executor_path and would not start with it. Nothing was written.',
  );
});
