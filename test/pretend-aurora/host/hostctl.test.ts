import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schedulerFlags } from '../../../src/agent/flags/command-line.ts';
import { readEffects } from '../../../src/pretend-aurora/host/effects.ts';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';
import { runHostctl } from '../../../src/pretend-aurora/host/hostctl.ts';
import { readStatus } from '../../../src/pretend-aurora/host/scheduler-service.ts';
import { until } from '../scheduler/support/drill-cluster.ts';

let directory: string;
const programs = path.join(import.meta.dirname, '../../../src/pretend-aurora/programs');
const obeys = [process.execPath, '-e', 'setInterval(() => {}, 1000)', '--'];
const deaf = [
  process.execPath,
  '-e',
  'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)',
  '--',
];

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hostctl-'));
  fs.writeFileSync(hostPaths(directory).flags, '# of this host\n-cluster_name=east\n');
});
afterEach(async () => {
  await control('kill');
  fs.rmSync(directory, { recursive: true, force: true });
});

describe('hostctl', () => {
  it('start is idempotent and says what it changed', async () => {
    await control('start', { operationId: 'op-1' });
    const first = status();
    await control('start', { operationId: 'op-2' });

    expect(status()).toEqual(first);
    expect(first).toMatchObject({ state: 'running' });
    expect(effects()).toEqual([
      ['start', 'op-1', true],
      ['start', 'op-2', false],
    ]);
  });

  it('start gives the process the flags of the file, which it keeps whatever becomes of the file', async () => {
    await control('start');
    fs.writeFileSync(hostPaths(directory).flags, '-cluster_name=west\n');

    const { pid } = z.object({ pid: z.number() }).parse(status());

    expect(schedulerFlags(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))).toEqual({
      cluster_name: 'east',
    });
  });

  it('stop ends the process, and a second stop changes nothing', async () => {
    await control('start');

    await control('stop');
    await control('stop');

    expect(status()).toEqual({ state: 'stopped', pid: null, restarts: 0 });
    expect(effects().map(([effect, , changed]) => [effect, changed])).toEqual([
      ['start', true],
      ['stop', true],
      ['stop', false],
    ]);
  });

  it('stop does not wait for a process that does not listen; status tells, kill ends it', async () => {
    await control('start', { program: deaf });
    await until('the process to be deaf', () =>
      fs.readFileSync(hostPaths(directory).output, 'utf8').includes('up'),
    );

    await control('stop');
    const afterStop = status();
    await control('kill');

    expect(afterStop).toMatchObject({ state: 'running' });
    expect(status()).toEqual({ state: 'stopped', pid: null, restarts: 0 });
  });

  it('the pid file is there exactly as long as the scheduler is meant to run', async () => {
    const { pid } = hostPaths(directory);
    await control('start', { program: deaf });
    const meantToRun = fs.existsSync(pid);

    await control('stop');

    expect(meantToRun).toBe(true);
    expect(fs.existsSync(pid)).toBe(false);
  });

  it('block and unblock are remembered', async () => {
    const before = look('traffic');

    await control('block');
    await control('block');
    const blocked = look('traffic');
    await control('unblock');

    expect([before, blocked, look('traffic')]).toEqual([
      { state: 'open' },
      { state: 'blocked' },
      { state: 'open' },
    ]);
    expect(effects().map(([effect, , changed]) => [effect, changed])).toEqual([
      ['block', true],
      ['block', false],
      ['unblock', true],
    ]);
  });

  it('a pid that somebody else has by now is no scheduler', () => {
    fs.writeFileSync(hostPaths(directory).pid, `${process.pid}\n`);

    expect(status()).toEqual({ state: 'stopped', pid: null, restarts: 0 });
  });

  it('as a program: does what it is asked for, exits 2 for a command it does not know', () => {
    const known = runProgram('block');
    const unknown = runProgram('dance');

    expect([known, unknown]).toEqual([0, 2]);
    expect(effects()).toEqual([['block', null, true]]);
  });
});

async function control(
  command: string,
  options: { program?: readonly string[]; operationId?: string } = {},
): Promise<void> {
  await runHostctl(command, {
    directory,
    program: options.program ?? obeys,
    operationId: options.operationId ?? null,
    now: () => 1,
  });
}

/** What an agent is told, which is what those read who see the files themselves. */
function status(): unknown {
  const told = look('service');
  expect(told).toEqual(readStatus(directory));
  return told;
}

function look(what: 'service' | 'traffic'): unknown {
  const script = path.join(programs, 'hostctl-look.sh');
  return JSON.parse(execFileSync('/bin/sh', [script, what, directory], { encoding: 'utf8' }));
}

function effects(): [string, string | null, boolean][] {
  return readEffects(hostPaths(directory).effects).map(({ effect, operationId, changed }) => [
    effect,
    operationId,
    changed,
  ]);
}

function runProgram(command: string): number | null {
  const program = path.join(programs, 'hostctl.ts');
  return spawnSync(process.execPath, [program, '--host-dir', directory, command]).status;
}
