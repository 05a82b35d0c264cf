import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findUnaccepted, requireAccepted } from '../../../src/agent/flags/check-flags.ts';
import { flagKinds } from '../../../src/agent/flags/flag-kinds.ts';
import { heldReconciliationFlags, recoveryFlags } from '../../../src/restore/flags.ts';

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
  duration: '5mins',
  number: '5',
  size: '512KB',
  switch: 'true',
  endpoints: 'zk:2181',
  znode: '/a/b',
  'mesos-master': 'zk://zk:2181/mesos',
};
const problems = (release: string, name: string, value?: string): readonly string[] =>
  findUnaccepted(release, { [name]: value ?? valueOfKind[flagKinds.get(name) ?? ''] ?? 'x' });

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
    expect(findUnaccepted(release, recoveryFlags(release))).toEqual([]);
    expect(findUnaccepted(release, heldReconciliationFlags(release))).toEqual([]);
  });
});

describe('findUnaccepted()', () => {
  test.each([
    ['max_registration_delay', '360min', /is no duration/],
    ['max_registration_delay', '6h', /is no duration/],
    ['max_registration_delay', '360 mins', /is no duration/],
    ['max_registration_delay', '99999999999secs', /is no duration/],
    ['max_registration_delay', "'360mins'", /quotes that would reach/],
    ['reconciliation_explicit_interval', '30secs', /under one minute/],
    ['mesos_master_address', 'zk://localhost:2181', /neither host:port nor/],
    ['mesos_master_address', 'zk://localhost:2181/', /neither host:port nor/],
    ['mesos_master_address', 'zk://localhost/mesos', /neither host:port nor/],
    ['native_log_quorum_size', '2.5', /no whole number/],
    ['native_log_quorum_size', '4294967296', /no whole number/],
    ['dlog_max_entry_size', '512kb', /no size/],
    ['partition_aware', 'yes', /neither true nor false/],
    ['zk_endpoints', 'zk1,zk2', /no list of host:port/],
    ['serverset_path', 'aurora/scheduler', /no absolute path/],
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
    expect(findUnaccepted('0.22.0', { gc_executor_path: null, colour: null })).toEqual([]);
  });
});

test('requireAccepted() says the first of them in one sentence', () => {
  expect(() => requireAccepted('0.22.0', { gc_executor_path: '/x' })).toThrow(
    'Aurora 0.22.0 has no flag -gc_executor_path and would not start with it. Nothing was written.',
  );
});
