import { describe, expect, it } from 'vitest';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { parseFlags } from '../../../src/pretend-aurora/scheduler/flags/parse.ts';
import { readSettings } from '../../../src/pretend-aurora/scheduler/flags/settings.ts';
import { endsWithSession, sessionScale } from '../../../src/pretend-aurora/scheduler/session-habits.ts';

describe('endsWithSession', () => {
  it.each([
    ['0.9.0', 'all'],
    ['0.12.0', 'all'],
    ['0.17.0', 'elected'],
    ['0.18.0', 'elected'],
    ['0.20.0', 'elected-but'],
    ['0.23.0', 'elected-but'],
  ] as const)('of %s: %s', (version, ends) => {
    expect(endsWithSession(simulatedReleaseOf(version))).toBe(ends);
  });
});

describe('sessionScale', () => {
  const scaleOf = (...flags: readonly string[]): number =>
    sessionScale(readSettings(parseFlags(flags, simulatedReleaseOf('0.17.0')), '127.0.0.1').sessionTimeoutMs);
  const needed = [
    '-cluster_name=east',
    '-serverset_path=/aurora/scheduler',
    '-zk_endpoints=127.0.0.1:2181',
    '-native_log_zk_group_path=/aurora/replicated-log',
    '-native_log_file_path=/var/db',
    '-backup_dir=/var/backups',
    '-mesos_master_address=zk://masters/mesos',
  ];

  it('lets sessions of a scheduler without the flag last as long as those of its world', () => {
    expect(scaleOf(...needed)).toBe(1);
  });

  it.each([
    ['30secs', 2],
    ['4secs', 1],
  ])('makes those of -zk_session_timeout=%s %i times as long', (timeout, scale) => {
    expect(scaleOf(...needed, `-zk_session_timeout=${timeout}`)).toBe(scale);
  });
});
