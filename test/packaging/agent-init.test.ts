/** The agent's own script of /etc/init.d, really run with a real agent. Root on Debian only (start-stop-daemon). */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/agent/files/processes.ts';
import { type CommandOutcome, runCommand } from '../../src/agent/run-command.ts';
import { createTestHost, readLines, type TestHost, until } from '../agent/support/test-host.ts';

const script = fileURLToPath(new URL('../../packaging/aurora-chatops-agent.init', import.meta.url));
const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let host: TestHost;
beforeEach(async () => {
  host = await createTestHost();
  await mkdir(host.path('bin'));
  await writeFile(
    host.path('bin', 'aurora-chatops'),
    `#!/bin/sh\necho "$1 $2" >>${host.path('asked')}\nexec ${process.execPath} ${program} "$@"\n`,
    { mode: 0o755 },
  );
  await writeFile(
    host.path('defaults'),
    [
      `DAEMON=${host.path('bin', 'aurora-chatops')}`,
      `CONFIG=${host.configPath}`,
      `STATE=${host.path('state')}`,
      `PIDFILE=${host.path('agent.pid')}`,
      `LOGFILE=${host.path('agent.log')}`,
      '',
    ].join('\n'),
  );
});
afterEach(async () => {
  await service('stop');
  await host.dispose();
});

const service = (verb: string): Promise<CommandOutcome> =>
  runCommand({
    argv: [script, verb],
    env: { AURORA_CHATOPS_DEFAULTS: host.path('defaults') },
    timeoutMs: 60_000,
  });
const pid = async (): Promise<number> => Number(await readFile(host.path('agent.pid'), 'utf8'));
const start = async (): Promise<number> => {
  expect(await service('start')).toMatchObject({ exitCode: 0 });
  await until(
    async () => (await readLines(host.path('agent.log'))).some((line) => line.includes('"msg":"')),
    'the agent runs',
  );
  return await pid();
};

describe('aurora-chatops-agent.init', () => {
  test('blocks again first, starts one agent, tells its state, and ends it', async () => {
    const before = await service('status');
    const first = await start();
    const running = await service('status');

    await service('start');
    const second = await pid();
    const stopped = await service('stop');

    expect(before.exitCode).toBe(3);
    expect(running).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`process ${first}`) });
    expect(second).toBe(first);
    expect(await readLines(host.path('asked'))).toEqual(['agent block-again', 'agent run']);
    expect(stopped.exitCode).toBe(0);
    // Whoever reaps processes here may take a moment.
    await expect.poll(() => isAlive(first)).toBe(false);
    expect((await service('status')).exitCode).toBe(3);
    expect((await service('stop')).exitCode).toBe(0);
  });

  test('a pid file of before that names another process stands in nobody’s way, and that process is left alone', async () => {
    await writeFile(host.path('agent.pid'), `${process.pid}\n`);
    const stale = await service('status');

    const started = await start();

    expect(stale.exitCode).toBe(1);
    expect(started).not.toBe(process.pid);
    expect((await service('status')).exitCode).toBe(0);
  });

  test('says what it cannot do by exit codes of the LSB', async () => {
    expect(await service('dance')).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^Usage: /) });
    await rm(host.path('bin', 'aurora-chatops'));

    expect(await service('start')).toMatchObject({
      exitCode: 5,
      stderr: expect.stringMatching(/cannot be executed/),
    });
    expect(await service('stop')).toMatchObject({ exitCode: 0 });
  });
});
