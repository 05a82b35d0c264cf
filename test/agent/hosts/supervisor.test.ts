/** The agent on a real host, with the scheduler as a program of a real supervisord. Root only; see namespace-host.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import {
  type AgentOnHost,
  createSchedulerHost,
  defaultFile,
  type SchedulerHost,
} from '../support/scheduler-host.ts';
import { until } from '../support/test-host.ts';

const program = `[program:aurora-scheduler]
command=/usr/local/sbin/aurora-scheduler-startup
user=aurora
autostart=true
autorestart=true
startsecs=1
startretries=1000
`;
const hold = '/etc/supervisor/conf.d/zz-aurora-chatops-hold.conf';

let host: SchedulerHost;
let agent: AgentOnHost;
beforeAll(async () => {
  host = await createSchedulerHost({
    drivers: { service: { kind: 'supervisor', program: 'aurora-scheduler' } },
  });
  writeOn(host.machine, '/etc/supervisor/conf.d/aurora-scheduler.conf', program);
  await host.machine.ask('systemctl', 'enable', '--now', 'supervisor.service');
  agent = await host.startAgent();
});
afterAll(async () => {
  await agent.kill();
  await host.dispose();
});
beforeEach(() => writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile));

const supervisor = async (...words: readonly string[]): Promise<string> =>
  (await host.machine.run('supervisorctl', ...words)).stdout.trim();
const start = () => host.client.perform(host.request('start-scheduler', {}));
const stop = (graceMs = 10_000) => host.client.perform(host.request('stop-scheduler', { graceMs }));

describe('supervisor', () => {
  test('start-scheduler starts the program and reads its flags back from the process', async () => {
    await stop();

    const started = await start();

    expect(started).toMatchObject({ state: 'done', changed: true, evidence: { flagsRead: 4 } });
    expect(await supervisor('pid', 'aurora-scheduler')).toBe(
      String('evidence' in started && started.evidence.pid),
    );
  });

  test('stop-scheduler ends it, over a restart of supervisord too', async () => {
    await start();

    const stopped = await stop();
    await host.machine.ask('systemctl', 'restart', 'supervisor.service');
    await until(async () => /STOPPED/.test(await supervisor('status')), 'supervisord is up again');
    const status = await host.client.readStatus();

    expect(stopped).toMatchObject({ state: 'done', changed: true, evidence: { killed: false } });
    expect(status.scheduler).toMatchObject({
      service: 'stopped',
      pid: null,
      httpPortOpen: false,
      libprocessPortOpen: false,
      logLockHeld: false,
    });
    expect(await start()).toMatchObject({ state: 'done', changed: true });
    expect(host.lines(hold)).toEqual([]);
  });

  test('stop-scheduler ends it, over a reread of its configuration too', async () => {
    await start();
    await stop();

    await supervisor('update');

    expect(await supervisor('status', 'aurora-scheduler')).toMatch(/STOPPED/);
    expect(await start()).toMatchObject({ state: 'done' });
  });

  test('stop-scheduler ends a program that supervisord starts again and again', async () => {
    await start();
    writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile.replace('1mins', '1min'));
    await supervisor('signal', 'KILL', 'aurora-scheduler');
    await until(async () => /BACKOFF/.test(await supervisor('status')), 'supervisord waits for its next try');
    const meanwhile = await host.client.readStatus();

    const stopped = await stop();

    expect(meanwhile.scheduler.service).toBe('running');
    expect(stopped).toMatchObject({ state: 'done' });
    expect(await supervisor('status')).toMatch(/STOPPED|EXITED|FATAL/);
  });

  test('stop-scheduler twice is fine, and start-scheduler twice too', async () => {
    await stop();

    const stopped = await stop();
    await start();
    const started = await start();

    expect(stopped).toMatchObject({ state: 'done', changed: false });
    expect(started).toMatchObject({ state: 'done', changed: false });
  });

  test('a program that was stopped stays down when its host has lost its power', async () => {
    await start();
    await stop();

    await host.machine.cutPower();
    await host.machine.boot();
    agent = await host.startAgent();
    await until(async () => /STOPPED/.test(await supervisor('status')), 'supervisord is up again');
    const status = await host.client.readStatus();

    expect(status.scheduler).toMatchObject({ service: 'stopped', pid: null, logLockHeld: false });
    expect(await start()).toMatchObject({ state: 'done', changed: true });
  });

  test('that does not run is said, and nothing is guessed', async () => {
    await host.machine.ask('systemctl', 'stop', 'supervisor.service');

    const status = host.client.readStatus();

    await expect(status).rejects.toMatchObject({ code: 'service-unknown' });
    await host.machine.ask('systemctl', 'start', 'supervisor.service');
  });
});
