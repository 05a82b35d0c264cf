/**
 * Flags in a drop-in of a unit, as a real systemd hands them to the process, under a user's manager as under the system's.
 * Root only; see namespace-host.ts.
 */
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recoveryFlags } from '../../../src/aurora/restore-flags.ts';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import {
  type AgentOnHost,
  createSchedulerHost,
  home,
  type SchedulerHost,
} from '../support/scheduler-host.ts';
import { until } from '../support/test-host.ts';

const dropIn = `# flags
[Service]
ExecStart=
ExecStart=/usr/local/sbin/aurora-scheduler \\
  -cluster_name=east \\
# the masters
  "-mesos_master_address=zk://zk:2181/mesos" \\
  -thermos_executor_flags='--announcer-ensemble zk:2181'
`;
/** The program of the drop-in, which becomes the scheduler. */
const wrapper = `#!/bin/bash
exec /usr/local/bin/node /opt/aurora-chatops/test/agent/support/pretend-scheduler.ts "$(cat ${home}/scheduler.json)" "$@"
`;
const flags = recoveryFlags('0.22.0');

describe.each(['system', 'user'] as const)('under the %s manager', (manager) => {
  const unitDirectory = `/etc/systemd/${manager}`;
  const path = `${unitDirectory}/aurora-scheduler.service.d/10-flags.conf`;
  let host: SchedulerHost;
  let agent: AgentOnHost;
  beforeAll(async () => {
    host = await createSchedulerHost({
      flags: path,
      drivers: {
        service: { kind: 'systemd', unit: 'aurora-scheduler.service', manager, unitDirectory },
        flags: { kind: 'systemd-drop-in' },
      },
    });
    const { machine } = host;
    await mkdir(machine.file(`${unitDirectory}/aurora-scheduler.service.d`), { recursive: true });
    writeOn(machine, '/usr/local/sbin/aurora-scheduler', wrapper, 0o755);
    writeOn(machine, `${unitDirectory}/aurora-scheduler.service`, '[Service]\nExecStart=/bin/false\n');
    writeOn(machine, path, dropIn);
    if (manager === 'user') {
      writeOn(
        machine,
        '/etc/systemd/system/manager-of-root.service',
        '[Service]\nExecStart=/lib/systemd/systemd --user\nEnvironment=XDG_RUNTIME_DIR=/run/user/0\nRuntimeDirectory=user/0\nDelegate=yes\n',
      );
      await machine.ask('systemctl', 'daemon-reload');
      await machine.ask('systemctl', 'start', 'manager-of-root.service');
      await until(async () => (await systemctl('daemon-reload')).code === 0, "the user's manager answers");
    }
    agent = await host.startAgent();
  });
  afterAll(async () => {
    await agent.kill();
    await host.dispose();
  });
  const systemctl = (...words: readonly string[]) =>
    manager === 'system'
      ? host.machine.run('systemctl', ...words)
      : host.machine.run('env', 'XDG_RUNTIME_DIR=/run/user/0', 'systemctl', '--user', ...words);

  test('flags are set, reach the process, and come back', async () => {
    const { client, machine } = host;
    const first = await client.perform(host.request('start-scheduler', {}));
    await client.perform(host.request('stop-scheduler', { graceMs: 10_000 }));
    const held = await systemctl('start', 'aurora-scheduler.service');
    const set = await client.perform(host.request('set-flags', { flags }));
    const second = await client.perform(host.request('start-scheduler', {}));
    const pid = 'evidence' in second && 'pid' in second.evidence ? String(second.evidence.pid) : '';
    const line = await machine.ask('cat', `/proc/${pid}/cmdline`);
    await client.perform(host.request('stop-scheduler', { graceMs: 10_000 }));
    const restored = await client.perform(host.request('restore-flags', {}));

    expect(first).toMatchObject({ state: 'done', evidence: { flagsRead: 3 } });
    expect(held).toMatchObject({ code: 1, stderr: expect.stringMatching(/Assertion failed/) });
    expect(set).toMatchObject({ state: 'done' });
    expect(second).toMatchObject({ state: 'done', evidence: { flagsRead: 5 } });
    expect(line.split('\0')).toEqual(
      expect.arrayContaining([
        '-cluster_name=east',
        ...Object.entries(flags).map(([name, value]) => `-${name}=${value}`),
      ]),
    );
    expect(restored).toMatchObject({ state: 'done' });
    expect(`${host.lines(path).join('\n')}\n`).toBe(dropIn);
  });
});
