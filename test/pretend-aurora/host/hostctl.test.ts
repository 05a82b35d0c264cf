import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schedulerFlags } from '../../../src/agent/flags/command-line.ts';
import { readEffects } from '../../../src/pretend-aurora/host/effects.ts';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';
import { runHostctl } from '../../../src/pretend-aurora/host/hostctl.ts';
import { until } from '../scheduler/support/drill-cluster.ts';

let directory: string;
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
    const first = await status();
    await control('start', { operationId: 'op-2' });

    expect(await status()).toEqual(first);
    expect(first).toMatchObject({ state: 'running' });
    expect(effects()).toEqual([
      ['start', 'op-1', true],
      ['start', 'op-2', false],
    ]);
  });

  it('start gives the process the flags of the file, which it keeps whatever becomes of the file', async () => {
    await control('start');
    fs.writeFileSync(hostPaths(directory).flags, '-cluster_name=west\n');

    const { pid } = z.object({ pid: z.number() }).parse(await status());

    expect(schedulerFlags(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))).toEqual({
      cluster_name: 'east',
    });
  });

  it('stop ends the process, and a second stop changes nothing', async () => {
    await control('start');

    await control('stop');
    await control('stop');

    expect(await status()).toEqual({ state: 'stopped', pid: null, restarts: 0 });
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
    const afterStop = await status();
    await control('kill');

    expect(afterStop).toMatchObject({ state: 'running' });
    expect(await status()).toEqual({ state: 'stopped', pid: null, restarts: 0 });
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
    const before = await print('traffic-status');

    await control('block');
    await control('block');
    const blocked = await print('traffic-status');
    await control('unblock');

    expect([before, blocked, await print('traffic-status')]).toEqual([
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

  it('as a program: prints JSON, exits 2 for a command it does not know', async () => {
    const asked = await runProgram('status');
    const unknown = await runProgram('dance');

    expect(asked).toEqual({ exit: 0, stdout: '{"state":"stopped","pid":null,"restarts":0}\n' });
    expect(unknown.exit).toBe(2);
  });
});

async function control(
  command: string,
  options: { program?: readonly string[]; operationId?: string; print?: (text: string) => void } = {},
): Promise<void> {
  await runHostctl(command, {
    directory,
    program: options.program ?? obeys,
    operationId: options.operationId ?? null,
    now: () => 1,
    print: options.print ?? (() => undefined),
  });
}

async function print(command: string): Promise<unknown> {
  let text = '';
  await control(command, {
    print: (line) => {
      text = line;
    },
  });
  return JSON.parse(text);
}

const status = () => print('status');

function effects(): [string, string | null, boolean][] {
  return readEffects(hostPaths(directory).effects).map(({ effect, operationId, changed }) => [
    effect,
    operationId,
    changed,
  ]);
}

async function runProgram(command: string): Promise<{ exit: number | null; stdout: string }> {
  const program = path.join(import.meta.dirname, '../../../src/pretend-aurora/programs/hostctl.ts');
  const child = spawn(process.execPath, [program, '--host-dir', directory, command]);
  let stdout = '';
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, stdout };
}
