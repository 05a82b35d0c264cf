/** The agent on a real host, with the scheduler as a unit of its real systemd. Root only; see namespace-host.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import {
  type AgentOnHost,
  createSchedulerHost,
  defaultFile,
  home,
  type SchedulerHost,
} from '../support/scheduler-host.ts';
import { until } from '../support/test-host.ts';

const unit = 'aurora-scheduler.service';
const unitFile = `[Service]
ExecStart=/usr/local/sbin/aurora-scheduler-startup
User=aurora
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;
const hold = `/etc/systemd/system/${unit}.d/50-aurora-chatops-hold.conf`;

let host: SchedulerHost;
let agent: AgentOnHost;
beforeAll(async () => {
  host = await createSchedulerHost();
  writeOn(host.machine, `/etc/systemd/system/${unit}`, unitFile);
  await host.machine.ask('systemctl', 'daemon-reload');
  await host.machine.ask('systemctl', 'enable', unit);
  agent = await host.startAgent();
});
afterAll(async () => {
  await agent.kill();
  await host.dispose();
});
beforeEach(async () => {
  writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile);
});

const show = async (property: string): Promise<string> =>
  (await host.machine.ask('systemctl', 'show', unit, '-P', property)).trim();
const start = () => host.client.perform(host.request('start-scheduler', {}));
const stop = (graceMs = 10_000) => host.client.perform(host.request('stop-scheduler', { graceMs }));

describe('start-scheduler', () => {
  test('starts the unit and reads its flags back from the process', async () => {
    await stop();

    const started = await start();

    expect(started).toMatchObject({
      state: 'done',
      changed: true,
      evidence: { pid: expect.any(Number), flagsRead: 4, auroraVersion: null },
    });
    expect(await show('ActiveState')).toBe('active');
    expect(await show('MainPID')).toBe(String('evidence' in started && started.evidence.pid));
  });

  test('lets the status name the main process, and what it was started with', async () => {
    await start();
    const pid = await show('MainPID');
    writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile.replace('1mins', '9mins'));

    expect(await host.client.readStatus()).toMatchObject({
      scheduler: {
        instance: expect.stringContaining(`/${pid}/`),
        processFlags: {
          cluster_name: 'east',
          mesos_master_address: 'zk://zk:2181/mesos',
          backup_dir: `${home}/scheduler/backups`,
          max_registration_delay: '1mins',
        },
      },
      flags: { values: { max_registration_delay: '9mins' } },
    });
  });

  test('does not take a restart loop for a scheduler', async () => {
    await stop();
    writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile.replace('1mins', '1min'));

    const started = await start();

    expect(started).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/no scheduler process stayed for 6 s/),
    });
    expect(await stop()).toMatchObject({ state: 'done' });
  }, 60_000);

  test('does not take a scheduler with other flags for the one it was to start', async () => {
    await stop();
    await start();
    writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile.replace('"east"', '"west"'));

    const started = await start();

    expect(started).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/not those of the flag file: -cluster_name\./),
    });
  });

  test('says that the unit is unknown', async () => {
    await stop();
    await host.machine.ask('mv', `/etc/systemd/system/${unit}`, '/srv/unit');
    await host.machine.ask('systemctl', 'daemon-reload');

    const started = await start();

    expect(started).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/has no unit aurora-scheduler/),
    });
    await host.machine.ask('mv', '/srv/unit', `/etc/systemd/system/${unit}`);
    await host.machine.ask('systemctl', 'daemon-reload');
  });

  test('finds the process of a unit that forks and names no main process', async () => {
    await stop();
    const forking = unitFile
      .replace('ExecStart=', 'Type=forking\nGuessMainPID=no\nExecStart=/bin/bash -c "')
      .replace('startup\n', 'startup >/dev/null 2>&1 & disown"\n');
    writeOn(host.machine, `/etc/systemd/system/${unit}`, forking);

    const started = await start();

    expect(started).toMatchObject({ state: 'done', evidence: { pid: expect.any(Number), flagsRead: 4 } });
    expect(await show('MainPID')).toBe('0');
    expect(await stop()).toMatchObject({ state: 'done' });
    writeOn(host.machine, `/etc/systemd/system/${unit}`, unitFile);
  });
});

describe('stop-scheduler', () => {
  test('ends it, and nothing but start-scheduler brings it back', async () => {
    await start();

    const stopped = await stop();

    expect(stopped).toMatchObject({ state: 'done', changed: true, evidence: { killed: false } });
    expect(await show('ActiveState')).toBe('inactive');
    expect(await host.machine.run('systemctl', 'start', unit)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Assertion failed/),
    });
    expect(await host.client.readStatus()).toMatchObject({
      scheduler: { service: 'stopped', httpPortOpen: false, libprocessPortOpen: false, logLockHeld: false },
    });
    expect(await start()).toMatchObject({ state: 'done', changed: true });
    expect(host.lines(hold)).toEqual([]);
  });

  test('kills what ignores SIGTERM, and says so', async () => {
    await stop();
    const options = host.lines(`${home}/scheduler.json`).join('');
    writeOn(host.machine, `${home}/scheduler.json`, options.replace('"stubborn":false', '"stubborn":true'));
    await start();
    writeOn(host.machine, `${home}/scheduler.json`, options);

    const stopped = await stop(300);

    expect(stopped).toMatchObject({ state: 'done', evidence: { killed: true } });
    expect(await show('ActiveState')).toMatch(/inactive|failed/);
    expect(await start()).toMatchObject({ state: 'done' });
  });

  test('of a unit that is down holds it there', async () => {
    await stop();
    await host.machine.ask('rm', hold);
    await host.machine.ask('systemctl', 'daemon-reload');

    const stopped = await stop();

    expect(stopped).toMatchObject({ state: 'done', changed: true });
    expect((await host.machine.run('systemctl', 'start', unit)).code).toBe(1);
  });

  test('of a unit in the middle of its restarts ends them', async () => {
    await start();
    writeOn(host.machine, '/etc/default/aurora-scheduler', defaultFile.replace('1mins', '1min'));
    await host.machine.ask('systemctl', 'kill', '--signal=SIGKILL', unit);
    await until(async () => Number(await show('NRestarts')) > 0, 'systemd starts it again');

    const stopped = await stop();

    expect(stopped).toMatchObject({ state: 'done' });
    expect(await show('ActiveState')).toMatch(/inactive|failed/);
  });
});

test('a host that has lost its power stays without a scheduler until it is started', async () => {
  await start();
  await stop();
  await host.machine.cutPower();
  await host.machine.boot();
  agent = await host.startAgent();

  const status = await host.client.readStatus();

  expect(status.scheduler).toMatchObject({ service: 'stopped', pid: null });
  expect(await show('AssertResult')).toBe('no');
  expect(await start()).toMatchObject({ state: 'done', changed: true });
});
