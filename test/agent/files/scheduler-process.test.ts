import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { compareFlags, readSchedulerProcess } from '../../../src/agent/files/scheduler-process.ts';
import { givenFlags } from '../../../src/agent/flags/command-line.ts';
import { until } from '../support/test-host.ts';

describe('compareFlags()', () => {
  const given = givenFlags(['java', '-Xmx1g', '-cp', 'a.jar', 'Main', '-a=1', '-b', '2', '-c', '-d=x=y']);

  test('finds the flags of a file on the command line, in each form', () => {
    expect(compareFlags(given, { a: '1', b: '2', c: 'true', d: 'x=y' })).toEqual({
      recognised: true,
      different: [],
    });
  });

  test('names those that differ or are missing', () => {
    expect(compareFlags(given, { a: '9', b: '2', z: '1' }).different).toEqual(['a', 'z']);
  });

  test('does not take another program for the scheduler', () => {
    expect(
      compareFlags(givenFlags(['/bin/bash', '-e', 'startup']), { cluster_name: 'east' }).recognised,
    ).toBe(false);
  });
});

describe('readSchedulerProcess()', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  const run = async (...words: readonly string[]) => {
    child = spawn('/bin/sh', ['-c', 'read line', 'sh', ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
    const { pid = 0 } = child;
    await until(async () => (await readSchedulerProcess(pid))?.argv[1] === '-c', 'the process is there');
    return await readSchedulerProcess(pid);
  };

  test.each([
    [['-cp', '/usr/lib/aurora/lib/aurora-0.20.0.jar:/usr/lib/aurora/lib/guava-20.0.jar'], '0.20.0'],
    [['-cp', '/lib/x.jar:/lib/aurora-0.23.0-SNAPSHOT.jar'], '0.23.0-SNAPSHOT'],
    [['-cp', '/lib/aurora-api-0.20.0.jar'], null],
    [['-cp', '/lib/aurora-0.20.0.jar:/lib/aurora-0.21.0.jar'], null],
    [['-backup_dir=/aurora-0.20.0.jar.d'], null],
  ])('reads the release from %j', async (words, release) => {
    expect((await run(...words))?.release).toBe(release);
  });

  test('reads the release from a jar that is open', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'aurora-jar-'));
    const jar = join(directory, 'aurora-0.17.0.jar');
    await writeFile(jar, '');
    child = spawn('/bin/sh', ['-c', `exec 7<${jar}; read line`], { stdio: ['pipe', 'ignore', 'ignore'] });
    const { pid = 0 } = child;

    await until(async () => (await readSchedulerProcess(pid))?.release === '0.17.0', 'the jar is open');

    await rm(directory, { recursive: true });
  });

  test('is null for a process that is not there', async () => {
    expect(await readSchedulerProcess(2 ** 22 + 1)).toBeNull();
  });
});
