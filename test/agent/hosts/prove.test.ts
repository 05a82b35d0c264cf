/** Proofs by the packaged unit, under a real systemd, beside a scheduler that runs. Needs root. */
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPackagedAgent, untilAnswering } from '../support/packaged-agent.ts';
import { createSchedulerHost, home, type SchedulerHost } from '../support/scheduler-host.ts';
import { backupName } from '../support/test-host.ts';

const unit = 'aurora-chatops-prove@.service';
const packaged = fileURLToPath(new URL(`../../../packaging/${unit}`, import.meta.url));
const aurora = (program: string): string[] => [
  '/usr/local/bin/node',
  '/opt/aurora-chatops/src/pretend-aurora/programs/alone.ts',
  program,
  '0.22.0',
];

let host: SchedulerHost;
beforeAll(async () => {
  host = await createSchedulerHost({
    prove: {
      scheduler: { argv: [...aurora('scheduler'), '{flags}'] },
      initializeLog: { argv: [...aurora('mesos-log'), 'initialize', '--path={path}'] },
      aliveSeconds: 1,
      memoryMib: 512,
      seconds: 200,
    },
  });
  await cp(packaged, host.machine.file(`/etc/systemd/system/${unit}`));
  await host.machine.ask('useradd', '--system', 'aurora-prove');
  await installPackagedAgent(host);
}, 240_000);
afterAll(() => host.dispose());

/** To its end; longer than `run` waits. */
async function prove(): Promise<{ code: unknown; stdout: string }> {
  const child = host.machine.start([
    ...[
      'aurora-chatops',
      'agent',
      'prove',
      '--json',
      '--config',
      '/etc/aurora-chatops/agent.yaml',
      backupName,
    ],
  ]);
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, stdout };
}

const traces = async () => ({
  mounts: (await host.machine.ask('cat', '/proc/1/mountinfo')).split('\n').length,
  units: await host.machine.ask('systemctl', 'list-units', '--all', '--no-legend', 'aurora-chatops-prove@*'),
  jobs: await host.machine.ask('ls', '/run/aurora-chatops'),
  storage: await host.machine.ask('find', `${home}/scheduler`, '-type', 'f', '-printf', '%p %s %T@\\n'),
});

test('a backup is proven, nothing is left, and the agent tells of it', async () => {
  await untilAnswering(host);
  const before = await traces();

  const { code, stdout } = await prove();

  expect(stdout).toContain('"verdict":"proven"');
  expect(code).toBe(0);
  expect(await traces()).toEqual(before);
  expect(await host.client.listBackups()).toMatchObject([{ name: backupName, proof: { verdict: 'proven' } }]);
  expect(await host.client.readStatus()).toMatchObject({
    scheduler: { service: 'running' },
    prove: { impossible: null, running: null, recent: [{ verdict: 'proven', tasks: 772 }] },
  });
}, 240_000);

test('the unit is well-formed, and systemd finds nearly nothing left to take away', async () => {
  const verified = await host.machine.run('systemd-analyze', 'verify', `/etc/systemd/system/${unit}`);
  const rated = await host.machine.ask(
    'systemd-analyze',
    'security',
    '--no-pager',
    'aurora-chatops-prove@a.service',
  );

  expect(`${verified.stdout}${verified.stderr}`).not.toContain(unit);
  expect(Number(/Overall exposure level for \S+: ([\d.]+)/.exec(rated)?.[1])).toBeLessThan(1.5);
});
