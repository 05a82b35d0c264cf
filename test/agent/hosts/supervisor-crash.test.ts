/** kill -9 of the agent before and after each command by which it changes a program of a real supervisord. Root only. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationKind, OperationParams } from '../../../src/aurora/operations.ts';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { type Interruptions, interruptionsOf, patient } from '../support/interruptions.ts';
import { createSchedulerHost, type SchedulerHost } from '../support/scheduler-host.ts';

const program = `[program:aurora-scheduler]
command=/usr/local/sbin/aurora-scheduler-startup
user=aurora
autostart=false
autorestart=true
startsecs=1
`;
const hold = '/etc/supervisor/conf.d/zz-aurora-chatops-hold.conf';

let host: SchedulerHost;
let agent: Interruptions;
beforeAll(async () => {
  const supervisorctl = '/usr/local/sbin/supervisorctl-patient';
  host = await createSchedulerHost({
    drivers: { service: { kind: 'supervisor', program: 'aurora-scheduler', supervisorctl } },
  });
  writeOn(host.machine, supervisorctl, patient('/usr/bin/supervisorctl', '$1'), 0o755);
  writeOn(host.machine, '/etc/supervisor/conf.d/aurora-scheduler.conf', program);
  await host.machine.ask('systemctl', 'enable', '--now', 'supervisor.service');
  agent = interruptionsOf(host);
});
afterAll(() => host.dispose());

const perform = async <K extends OperationKind>(kind: K, params: OperationParams[K]): Promise<void> => {
  expect(await host.client.perform(host.request(kind, params))).toMatchObject({ state: 'done' });
};
const state = async (): Promise<string> =>
  (await host.machine.run('supervisorctl', 'status', 'aurora-scheduler')).stdout.split(/\s+/)[1] ?? '';

describe('kill -9 of the agent of a host with supervisor', () => {
  test.each(['before-stop', 'after-stop'])('%s: stopped and held, and answered for', async (point) => {
    await agent.start();
    await perform('start-scheduler', {});

    const { meanwhile, result } = await agent.interruptAt(
      point,
      host.request('stop-scheduler', { graceMs: 10_000 }),
    );

    expect(meanwhile).toMatchObject({ state: 'running' });
    expect(result).toMatchObject({ state: 'done', changed: true });
    expect(await state()).toBe('STOPPED');
    expect(host.lines(hold)).toContain('autostart=false');
  });

  test.each(['before-start', 'after-start'])('%s: started once, and answered for', async (point) => {
    await agent.start();
    await perform('stop-scheduler', { graceMs: 10_000 });

    const { meanwhile, result } = await agent.interruptAt(point, host.request('start-scheduler', {}));

    expect(meanwhile).toMatchObject({ state: 'running' });
    expect(result).toMatchObject({ state: 'done', changed: true, evidence: { flagsRead: 4 } });
    expect(await state()).toBe('RUNNING');
    expect(host.lines(hold)).toEqual([]);
  });
});
