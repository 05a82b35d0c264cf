import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuroraError } from '../../../src/aurora/errors.ts';
import { simulatedReleaseOf } from '../../../src/pretend-aurora/release/simulated-release.ts';
import { parseFlags } from '../../../src/pretend-aurora/scheduler/flags/parse.ts';

const required = [
  '-cluster_name=devcluster',
  '-serverset_path=/aurora/scheduler',
  '-zk_endpoints=localhost:2181',
  '-native_log_zk_group_path=/aurora/replicated-log',
  '-native_log_file_path=/var/lib/aurora/db',
  '-backup_dir=/var/lib/aurora/backups',
  '-mesos_master_address=zk://localhost:1111/mesos/master',
];

/** The recorded attempts: title → what was put behind the required flags, or in their place. */
const attempts: Readonly<Record<string, readonly string[]>> = {
  '-max_registration_delay=360min': [...required, '-max_registration_delay=360min'],
  '-max_registration_delay=360mins': [...required, '-max_registration_delay=360mins'],
  '-gc_executor_path=/usr/bin/gc_executor': [...required, '-gc_executor_path=/usr/bin/gc_executor'],
  '-backup_interval=1hrs': [...required, '-backup_interval=1hrs'],
  'unknown flag -no_such_thing=1': [...required, '-no_such_thing=1'],
  'same flag twice, different values': [...required, '-backup_interval=2hrs', '-backup_interval=1hrs'],
  'same flag twice, same value': [...required, '-backup_interval=1hrs', '-backup_interval=1hrs'],
  '-max_registration_delay=6h': [...required, '-max_registration_delay=6h'],
  '-max_registration_delay 360mins (two arguments)': [...required, '-max_registration_delay', '360mins'],
  '--max_registration_delay=360mins (two dashes)': [...required, '--max_registration_delay=360mins'],
  '-reconciliation_initial_delay=365days': [...required, '-reconciliation_initial_delay=365days'],
  "quoted value -max_registration_delay='360mins' with the quotes kept": [
    ...required,
    "-max_registration_delay='360mins'",
  ],
  'empty argument': [...required, ''],
  'positional argument foo': [...required, 'foo'],
  'no value for a flag: -max_registration_delay=': [...required, '-max_registration_delay='],
  'double quotes kept': [...required, '-max_registration_delay="360mins"'],
  'required flag -cluster_name missing': required.slice(1),
};

interface Recorded {
  readonly title: string;
  readonly accepted: boolean;
}

function recordedAttempts(release: string): Recorded[] {
  const file = path.join(import.meta.dirname, `../../fixtures/releases/${release}/flag-tests.txt`);
  return fs
    .readFileSync(file, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((part) => ({
      title: part.slice(0, part.indexOf('\n')).trim(),
      accepted: part.includes('\nACCEPTED'),
    }));
}

/** Whether a scheduler starts with these arguments. */
function starts(release: string, argv: readonly string[]): boolean {
  try {
    parseFlags(argv, simulatedReleaseOf(release));
    return true;
  } catch (thrown) {
    if (!(thrown instanceof AuroraError) || thrown.code !== 'bad-flags') throw thrown;
    return false;
  }
}

describe.each(['0.9.0', '0.17.0', '0.20.0'])('whether %s starts with flags, as recorded', (release) => {
  const recorded = recordedAttempts(release);

  it('covers every attempt', () => {
    expect(recorded.map(({ title }) => title).filter((title) => attempts[title] === undefined)).toEqual([]);
  });

  it.each(recorded)('$title', ({ title, accepted }) => {
    expect(starts(release, attempts[title] ?? [])).toBe(accepted);
  });
});

describe('a flag with a lifetime', () => {
  it.each([
    ['0.8.0', '-gc_executor_path=/usr/bin/gc_executor', true],
    ['0.9.0', '-gc_executor_path=/usr/bin/gc_executor', false],
    ['0.13.0', '-ip=10.0.0.1', false],
    ['0.14.0', '-ip=10.0.0.1', true],
    ['0.18.0', '-zk_use_curator=true', true],
    ['0.19.0', '-zk_use_curator=true', false],
    ['0.22.0', '-snapshot_hydrate_stores=', false],
  ])('%s and %s: taken %s', (release, flag, taken) => {
    expect(starts(release, [...required, flag])).toBe(taken);
  });
});
