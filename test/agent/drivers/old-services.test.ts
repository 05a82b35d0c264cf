/** What the drivers for sysvinit and upstart promise, which is what those for systemd and supervisor do. */
import { spawn } from 'node:child_process';
import { chmod, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serviceDriverOf } from '../../../src/agent/drivers/drivers-of.ts';
import type { ServiceDriver } from '../../../src/agent/drivers/service-driver.ts';
import { isAlive } from '../../../src/agent/files/processes.ts';
import { startScheduler } from '../../../src/agent/operations/start-scheduler.ts';
import { stopScheduler } from '../../../src/agent/operations/stop-scheduler.ts';
import { runCommand } from '../../../src/agent/run-command.ts';
import { lookAtScheduler } from '../../../src/agent/scheduler-presence.ts';
import { createSysvinitHost, createUpstartHost, initScript, type OldHost } from '../support/old-services.ts';
import { contextOn } from '../support/operation-context.ts';
import { createTestHost, readLines, type TestHost, until } from '../support/test-host.ts';

let host: TestHost;
let old: OldHost;
afterEach(() => host.dispose());

const context = () => contextOn({ ...host, config: old.config });
const service = (): ServiceDriver => serviceDriverOf(old.config);
const start = () => startScheduler.run(context(), {});
const stop = (graceMs = 10_000) => stopScheduler.run(context(), { graceMs });
const effect = { operationId: 'R1.by.hand.1' };

/** Every file of the directory with its content. */
async function contentOf(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).sort();
  return await Promise.all(
    names.map(async (name) => `${name}: ${await readFile(`${directory}/${name}`, 'utf8')}`),
  );
}

describe.each([
  ['sysvinit', createSysvinitHost],
  ['upstart', createUpstartHost],
])('%s', (_kind, create) => {
  const prepare = async (options: { stubborn?: boolean } = {}): Promise<void> => {
    host = await createTestHost(options);
    old = await create(host);
  };

  test('start-scheduler starts it and reads its flags back from the process', async () => {
    await prepare();
    const before = await service().status();

    const { evidence } = await start();

    expect(before).toEqual({ state: 'stopped', pid: null, held: false, restarts: null });
    expect(evidence).toMatchObject({ flagsRead: 3 });
    expect(String(evidence.pid)).toBe((await readFile(host.path('scheduler.pid'), 'utf8')).trim());
    expect(await service().status()).toMatchObject({ state: 'running', pid: evidence.pid });
  });

  test('stop-scheduler ends it, and neither a hand nor a boot brings it back', async () => {
    await prepare();
    const before = await contentOf(old.directory);
    await start();

    const { evidence } = await stop();
    const byHand = await old.startByHand();
    await old.boot();
    const held = await service().status();
    await start();

    expect(evidence).toMatchObject({ killed: false });
    expect(byHand).not.toBe(0);
    expect(held).toEqual({ state: 'stopped', pid: null, held: true, restarts: null });
    expect(await service().status()).toMatchObject({ state: 'running', held: false });
    expect(await contentOf(old.directory)).toEqual(before);
  });

  test('stop-scheduler twice is fine, and start-scheduler twice too', async () => {
    await prepare();
    const before = await contentOf(old.directory);
    await start();

    await start();
    await stop();
    await stop();
    const stopped = await stopScheduler.observe(context(), { graceMs: 100 });
    await start();

    expect(stopped.state).toBe('done');
    expect(await contentOf(old.directory)).toEqual(before);
  });

  test('kills what ignores SIGTERM, and says so', async () => {
    await prepare({ stubborn: true });
    await start();
    await until(
      async () => (await lookAtScheduler(old.config, service())).httpPortOpen,
      'it has come to ignore SIGTERM',
    );

    const { evidence } = await stop(300);

    expect(evidence).toMatchObject({ killed: true });
    expect(await service().status()).toMatchObject({ state: 'stopped', pid: null });
  });

  test('holds one that is down already', async () => {
    await prepare();

    await stop();

    expect(await old.startByHand()).not.toBe(0);
    expect(await service().status()).toMatchObject({ state: 'stopped', held: true });
  });

  test('sees that it was killed, whatever was left of it', async () => {
    await prepare();
    const { evidence } = await start();
    const pid = evidence.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(async () => !(await isAlive(pid)), 'it is gone');

    const status = await service().status();

    expect(status).toMatchObject({ state: 'stopped', pid: null, held: false });
  });

  test('that does not know it is said, and nothing is guessed', async () => {
    await prepare();
    for (const name of await readdir(old.directory)) await rm(`${old.directory}/${name}`);

    await expect(service().status()).rejects.toMatchObject({ code: 'service-unknown' });
  });
});

describe('sysvinit alone', () => {
  let script: string;
  beforeEach(async () => {
    host = await createTestHost();
    old = await createSysvinitHost(host);
    script = `${old.directory}/aurora-scheduler`;
  });
  const saying = (exitCode: number) => writeFile(script, `#!/bin/sh\nexit ${exitCode}\n`);
  const withoutPidFile = (): ServiceDriver => {
    const { service: kind } = old.config.drivers;
    if (kind.kind !== 'sysvinit') throw new Error('another kind');
    const { pidFile: _, ...rest } = kind;
    return serviceDriverOf({ ...old.config, drivers: { ...old.config.drivers, service: rest } });
  };

  test('a script that is held says why it does not start, keeps its header, and stops under its own name', async () => {
    await start();
    await stop();

    const refused = await runCommand({ argv: [script, 'start'], timeoutMs: 30_000 });
    const status = await runCommand({ argv: [script, 'status'], timeoutMs: 30_000 });
    const text = await readFile(script, 'utf8');

    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^aurora-chatops: the scheduler stays down/),
    });
    expect(status.exitCode).toBe(3);
    expect(text).toContain(
      '# chkconfig: 345 99 01\n### BEGIN INIT INFO\n# Provides:          aurora-scheduler\n',
    );
    expect(text).toContain(`#   mv ${old.directory}/.aurora-chatops/aurora-scheduler ${script}\n`);
    expect(await readLines(host.path('asked'))).toEqual([
      'aurora-scheduler start',
      'aurora-scheduler stop',
      'aurora-scheduler status',
    ]);
  });

  test('what its own words say to do by hand undoes the hold', async () => {
    await stop();
    const [, byHand = ''] = /^# {3}(mv .*)$/m.exec(await readFile(script, 'utf8')) ?? [];

    await runCommand({ argv: ['/bin/sh', '-c', byHand], timeoutMs: 30_000 });

    expect(await readFile(script, 'utf8')).toBe(initScript(host));
    expect(await service().status()).toMatchObject({ held: false });
  });

  test('a pid file that names a process of somebody else is not believed, and that process is left alone', async () => {
    const other = spawn('sleep', ['60']);
    await writeFile(host.path('scheduler.pid'), `${other.pid}\n`);

    const status = await service().status();
    await service().kill(effect);

    expect(status).toMatchObject({ state: 'stopped', pid: null });
    expect(await isAlive(other.pid ?? 0)).toBe(true);
    other.kill();
    await rm(host.path('scheduler.pid'));
  });

  test.each(['', '0', '-1', 'x', '1 2', '4711\n4712'])('a pid file with "%s" names nobody', async (text) => {
    await writeFile(host.path('scheduler.pid'), text);

    expect(await service().status()).toMatchObject({ state: 'stopped', pid: null });
    await rm(host.path('scheduler.pid'));
  });

  test('a script that says it runs when it does not is not believed where there is a pid file', async () => {
    await saying(0);

    expect(await service().status()).toMatchObject({ state: 'stopped', pid: null });
  });

  test('a script that says it does not run is not believed while somebody holds the log', async () => {
    const pid = await host.startSchedulerByHand();
    await saying(3);

    expect(await withoutPidFile().status()).toMatchObject({ state: 'running', pid });
  });

  test.each([
    [0, 'running'],
    [1, 'stopped'],
    [2, 'stopped'],
    [3, 'stopped'],
  ])('without a pid file the exit code %i of its status means %s', async (exitCode, state) => {
    await saying(exitCode);

    expect(await withoutPidFile().status()).toMatchObject({ state, pid: null });
  });

  test.each([4, 127, 150])(
    'without a pid file the exit code %i of its status is no answer',
    async (exitCode) => {
      await saying(exitCode);

      await expect(withoutPidFile().status()).rejects.toMatchObject({ code: 'service-unknown' });
    },
  );

  test('a script that is a link is refused before anything is done', async () => {
    await rename(script, host.path('elsewhere'));
    await symlink(host.path('elsewhere'), script);

    await expect(service().stop(effect)).rejects.toMatchObject({
      code: 'service-unknown',
      message: expect.stringMatching(/is a link or no file/),
    });
    expect(await readdir(old.directory)).toEqual(['aurora-scheduler']);
  });

  test('a stop that fails has held, and is answered by its last words', async () => {
    await writeFile(script, '#!/bin/sh\necho "no java" >&2\nexit 7\n');

    await expect(service().stop(effect)).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringMatching(/exit 7 \(no java\)/),
    });
    expect((await readFile(script, 'utf8')).split('\n')[1]).toMatch(/operation R1\.by\.hand\.1/);
  });

  test('a stop cut short before the hold is asked again', async () => {
    await start();
    // As a crash leaves it: the second name is there, and the script is still itself.
    await service().stop(effect);
    await writeFile(script, initScript(host));
    await chmod(script, 0o755);
    const cut = await stopScheduler.observe(context(), { graceMs: 100 });

    await stop();

    expect(cut.state).toBe('not-done');
    expect(await service().status()).toMatchObject({ state: 'stopped', held: true });
    expect(await readFile(`${old.directory}/.aurora-chatops/aurora-scheduler`, 'utf8')).toBe(
      initScript(host),
    );
  });
});

describe('upstart alone', () => {
  let override: string;
  beforeEach(async () => {
    host = await createTestHost();
    old = await createUpstartHost(host);
    override = `${old.directory}/aurora-scheduler.override`;
  });

  test('an override that was there counts while the job is held, and is put back', async () => {
    const theirs = 'env A=1\npre-start exec /bin/true\n';
    await writeFile(override, theirs);
    await start();
    await stop();
    const held = await readFile(override, 'utf8');
    const byHand = await old.startByHand();

    await start();

    expect(held).toMatch(
      /^# Written by .*\n# .*: mv .*\nenv A=1\npre-start exec \/bin\/true\nmanual\npre-start exec \/bin\/false\n$/,
    );
    expect(byHand).toBe(1);
    expect(await readFile(override, 'utf8')).toBe(theirs);
    expect(await readdir(old.directory)).toEqual(['aurora-scheduler.conf', 'aurora-scheduler.override']);
  });

  /** As initctl(8) has them. */
  test.each([
    ['aurora-scheduler start/running, process PID', 'running', true],
    ['aurora-scheduler start/post-start, process PID\n\tpost-start process 1357', 'running', true],
    ['aurora-scheduler stop/killed, process PID', 'running', true],
    ['aurora-scheduler (tty1) start/running, process PID', 'running', true],
    ['aurora-scheduler start/pre-start, process PID', 'running', false],
    ['aurora-scheduler stop/post-stop, process PID', 'running', false],
    ['aurora-scheduler start/post-start, (post-start) process PID', 'running', false],
    ['aurora-scheduler start/starting', 'running', false],
    ['aurora-scheduler stop/waiting', 'stopped', false],
  ])('"%s"', async (line, state, named) => {
    await rm(host.path('db', 'LOCK'));
    const { evidence } = await start();
    await writeFile(
      host.path('initctl'),
      `#!/bin/sh\ncat <<'END'\n${line.replace('PID', String(evidence.pid))}\nEND\n`,
    );

    expect(await service().status()).toMatchObject({ state, pid: named ? evidence.pid : null });
  });

  test.each([
    ['aurora-scheduler is fine', 0],
    ['initctl: Unable to connect to Upstart', 1],
    ['initctl: Unknown parameter: INSTANCE', 1],
  ])('"%s" is no answer', async (line, exitCode) => {
    await writeFile(host.path('initctl'), `#!/bin/sh\necho '${line}'\nexit ${exitCode}\n`);

    await expect(service().status()).rejects.toMatchObject({
      code: 'service-unknown',
      message: expect.stringContaining(line),
    });
  });
});
