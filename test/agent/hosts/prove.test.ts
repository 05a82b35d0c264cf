/** Proofs by the packaged unit, under a real systemd, beside a scheduler that runs. Needs root. */
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { installPackagedAgent, untilAnswering } from '../support/packaged-agent.ts';
import { createSchedulerHost, home, type SchedulerHost } from '../support/scheduler-host.ts';
import { backupName, until } from '../support/test-host.ts';

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

const configOf = (name: string): string => `/etc/aurora-chatops/${name}.yaml`;
const command = (config: string): string[] => [
  'aurora-chatops',
  'agent',
  'prove',
  '--json',
  '--config',
  configOf(config),
  backupName,
];

/** To its end; longer than `run` waits. */
async function prove(): Promise<{ code: unknown; stdout: string }> {
  const child = host.machine.start(command('agent'));
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

test('a proof whose asker is killed ends by itself, and the next one takes away what is left', async () => {
  const before = await traces();
  // By itself it would go on for longer than anybody waits here.
  const slow = (await host.machine.ask('cat', configOf('agent'))).replace(
    'aliveSeconds: 1',
    'aliveSeconds: 150',
  );
  writeOn(host.machine, configOf('slow'), slow, 0o600);
  const killed = host.machine.start(command('slow'));
  const gone = once(killed, 'close');
  await until(async () => (await helpers()).length > 0, 'the helper runs inside');

  await host.machine.ask('pkill', '-KILL', '-f', '^/usr/local/bin/node .*agent prove --json');
  await gone;
  await until(async () => (await helpers()).length === 0, 'the helper has ended');
  const { code } = await prove();

  expect(code).toBe(0);
  expect(await traces()).toEqual(before);
}, 240_000);

/** Pids of the account of proofs. */
async function helpers(): Promise<string[]> {
  return (await host.machine.run('pgrep', '-u', 'aurora-prove')).stdout.split('\n').filter(Boolean);
}

test('what systemd makes of the unit is an account of its own, and bounds', async () => {
  const names = ['User', 'MemoryMax', 'MemorySwapMax', 'OOMScoreAdjust', 'Nice', 'TimeoutStartUSec'];
  const show = async (unitName: string, ...properties: string[]): Promise<Record<string, string>> => {
    const shown = await host.machine.ask('systemctl', 'show', unitName, `--property=${properties.join(',')}`);
    return Object.fromEntries(
      shown
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('=', 2)),
    );
  };

  expect(await show('aurora-scheduler.service', 'User')).toEqual({ User: 'aurora' });
  expect(await show('aurora-chatops-prove@a.service', ...names)).toEqual({
    ...{ User: 'aurora-prove', MemoryMax: String(3 * 1024 ** 3), MemorySwapMax: '0' },
    ...{ OOMScoreAdjust: '1000', Nice: '19', TimeoutStartUSec: '11min' },
  });
});

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
