/**
 * The agent as it is packaged: its own systemd unit with everything taken away that it does not need, TLS over the network,
 * two accounts, and a host that loses its power. Root only; see namespace-host.ts.
 */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ClientTls } from '../../../src/agent/agent-http.ts';
import { connectAgent } from '../../../src/agent/client.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { createAuthority } from '../../../src/drill/namespaces/certificates.ts';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { clientTls } from '../support/client-tls.ts';
import { agentUnit, installPackagedAgent, rulesAtStart, untilAnswering } from '../support/packaged-agent.ts';
import { createSchedulerHost, defaultFile, home, type SchedulerHost } from '../support/scheduler-host.ts';
import { backupName as name, until } from '../support/test-host.ts';

const recoveryFlags = {
  mesos_master_address: 'zk://localhost:1111/mesos/master',
  max_registration_delay: '360mins',
  reconciliation_initial_delay: '365days',
};

let host: SchedulerHost;
beforeAll(async () => {
  host = await createSchedulerHost();
  await installPackagedAgent(host);
});
afterAll(() => host.dispose());

const answering = () => untilAnswering(host);
const perform = async (...[kind, params]: Parameters<SchedulerHost['request']>) => {
  const result = await host.client.perform(host.request(kind, params));
  expect(result, JSON.stringify(result)).toMatchObject({ state: 'done' });
  return result;
};
const ownerOf = (path: string): Promise<string> =>
  host.machine.ask('stat', '-c', '%U %a', path).then((text) => text.trim());
const backup = () => ({ name, sha256: host.backupSha256 });

test('check finds the host ready', async () => {
  const checked = await host.machine.run(
    'aurora-chatops',
    'agent',
    'check',
    '--config',
    '/etc/aurora-chatops/agent.yaml',
  );

  expect(checked.stdout).toContain('aurora-1 is ready for a restore.');
  expect(checked.stdout).not.toContain('problem');
  expect(checked.stdout).toContain('The scheduler was started with the flags of the flag file.');
  expect(checked.code).toBe(0);
});

test('the unit is well-formed, and systemd finds little left to take away', async () => {
  const verified = await host.machine.run('systemd-analyze', 'verify', `/etc/systemd/system/${agentUnit}`);
  const rated = await host.machine.ask('systemd-analyze', 'security', '--no-pager', agentUnit);

  expect(`${verified.stdout}${verified.stderr}`).not.toContain(agentUnit);
  expect(Number(/Overall exposure level for \S+: ([\d.]+)/.exec(rated)?.[1])).toBeLessThan(4);
});

describe('over the network', () => {
  const connect = (tls: ClientTls, deadlineMs = 5_000) =>
    connectAgent({ host: 'aurora-1', url: host.url, deadlineMs, clock: systemClock, tls });

  test.each<[string, () => Promise<ClientTls>]>([
    [
      'a client of a foreign authority',
      async () => clientTls(host.authority, await (await foreign()).issue('bot', { for: 'client' })),
    ],
    [
      'one whose certificate has expired',
      async () => clientTls(host.authority, await host.authority.issue('bot', { for: 'client', days: -1 })),
    ],
    [
      "one that shows a server's certificate",
      async () => clientTls(host.authority, await host.authority.issue('aurora-2', { for: 'server' })),
    ],
    [
      'an agent that its client has no reason to trust',
      async () => ({ ...host.tls, ca: readFileSync((await foreign()).certPath, 'utf8') }),
    ],
  ])('the packaged agent and %s do not come together', async (_what, tls) => {
    await expect(connect(await tls()).readStatus()).rejects.toMatchObject({ code: 'agent-unreachable' });

    expect(await connect(host.tls).readStatus()).toMatchObject({ host: 'aurora-1' });
  });

  const foreign = () => createAuthority(host.machine.file('/etc/aurora-chatops/foreign'), 'foreign');
});

test('a log that is a file system of its own is left where it is', async () => {
  const { machine, client } = host;
  const log = `${home}/scheduler/db`;
  await perform('stop-scheduler', { graceMs: 10_000 });
  await machine.ask('mount', '-t', 'tmpfs', 'tmpfs', log);
  // The unit's own view of the file systems is that of its start.
  await machine.ask('systemctl', 'restart', agentUnit);
  await answering();

  const refused = await client.perform(host.request('set-aside-log', {}, { restoreId: 'R9' }));

  expect(refused).toMatchObject({
    state: 'failed',
    message: expect.stringMatching(/is a mount point/),
  });
  await machine.ask('umount', log);
  await machine.ask('systemctl', 'restart', agentUnit);
  await answering();
  expect(await machine.run('ls', '-d', `${log}.set-aside-R9`)).toMatchObject({ code: 2 });
  expect(await machine.ask('ls', log)).toContain('MANIFEST-000007');
  await perform('start-scheduler', {});
  await answering();
});

test('a restore, with its power cut in the middle, leaves the host as it says', async () => {
  const { machine, client } = host;
  const before = await client.readStatus();
  await perform('hold-backup', backup());
  await perform('stop-scheduler', { graceMs: 10_000 });
  await perform('block-traffic', {});
  await perform('set-flags', { flags: recoveryFlags });
  await perform('set-aside-log', {});

  await machine.cutPower();
  await machine.boot();
  await answering();
  const woken = await client.readStatus();
  const initialized = await perform('initialize-log', {});
  await perform('place-backup', backup());
  const started = await perform('start-scheduler', {});
  await answering();
  const running = await client.readStatus();
  await perform('stop-scheduler', { graceMs: 10_000 });
  await perform('put-back-log', {});
  await perform('take-out-backup', backup());
  await perform('restore-flags', {});
  await perform('unblock-traffic', {});
  await perform('start-scheduler', {});
  const after = await client.readStatus();

  expect(before).toMatchObject({ scheduler: { service: 'running', logLockHeld: true }, traffic: 'open' });
  expect(woken).toMatchObject({ scheduler: { service: 'stopped', httpPortOpen: false }, traffic: 'blocked' });
  expect(initialized).toMatchObject({ evidence: { positions: '0 -> 0', persisted: true, files: 5 } });
  expect(started).toMatchObject({ evidence: { flagsRead: 5 } });
  expect(running).toMatchObject({ flags: { values: recoveryFlags }, scheduler: { logLockHeld: true } });
  expect(after).toMatchObject({ flags: before.flags, log: before.log, traffic: 'open' });
  expect(await ownerOf(`${home}/scheduler/db.restored-R1`)).toBe('aurora 750');
  expect(await ownerOf(`${home}/scheduler/db.restored-R1/000004.log`)).toMatch(/^aurora /);
  expect(await ownerOf(`${home}/scheduler/db/000011.ldb`)).toMatch(/^aurora /);
  expect(await ownerOf('/etc/default/aurora-scheduler')).toBe('root 644');
  expect(await ownerOf('/var/lib/aurora-chatops/held/R1')).toBe('root 700');
  expect(`${host.lines('/etc/default/aurora-scheduler').join('\n')}\n`).toBe(defaultFile);
});

test('a scheduler that a boot starts finds its traffic blocked, even by an agent that cannot read its certificate', async () => {
  const { machine, client } = host;
  const { cert } = z
    .object({ tls: z.object({ cert: z.string() }) })
    .parse(parse(host.lines('/etc/aurora-chatops/agent.yaml').join('\n'))).tls;
  const good = host.lines(cert).join('\n');
  await perform('block-traffic', {});
  writeOn(machine, cert, 'overwritten');
  await machine.ask('rm', rulesAtStart);

  await machine.cutPower();
  await machine.boot();
  await until(() => host.lines(rulesAtStart).length > 0, 'the scheduler is started');
  const atStart = host.lines(rulesAtStart).join('\n');
  await expect(client.readStatus()).rejects.toMatchObject({ code: 'agent-unreachable' });
  writeOn(machine, cert, good);
  await machine.ask('systemctl', 'restart', agentUnit);
  await answering();

  expect(atStart).toContain('reject with tcp reset comment "aurora-chatops');
  expect(await client.readStatus()).toMatchObject({ traffic: 'blocked', scheduler: { service: 'running' } });
  const told = host
    .lines('/var/lib/aurora-chatops/audit.jsonl')
    .filter((line) => line.includes('blocked-again'));
  expect(told).toHaveLength(2);
  await perform('unblock-traffic', {});
}, 60_000);

test('the agent comes back when it is killed, and its audit log is whole', async () => {
  await host.machine.ask('systemctl', 'kill', '--signal=SIGKILL', agentUnit);
  await until(
    async () => Number(await host.machine.ask('systemctl', 'show', agentUnit, '-P', 'NRestarts')) > 0,
    'systemd starts the agent again',
  );
  await answering();

  const verified = await host.machine.run(
    'aurora-chatops',
    'agent',
    'verify-audit',
    '/var/lib/aurora-chatops',
  );

  expect(verified).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Whole: \d+ entries in \d file/),
  });
  expect(statSync(host.machine.file('/var/lib/aurora-chatops/audit.jsonl')).mode & 0o777).toBe(0o600);
});

test('an agent whose event loop stands still is ended and started again', async () => {
  const show = async (property: string) =>
    (await host.machine.ask('systemctl', 'show', agentUnit, '-P', property)).trim();
  mkdirSync(host.machine.file(`/etc/systemd/system/${agentUnit}.d`));
  writeOn(host.machine, `/etc/systemd/system/${agentUnit}.d/test.conf`, '[Service]\nWatchdogSec=3\n');
  await host.machine.ask('systemctl', 'daemon-reload');
  await host.machine.ask('systemctl', 'restart', agentUnit);
  const pid = await show('MainPID');
  await until(async () => (await show('StatusText')) === 'listens', 'the status is told');

  await host.machine.ask('systemctl', 'kill', '--kill-who=main', '--signal=SIGSTOP', agentUnit);
  await until(async () => ![pid, '0'].includes(await show('MainPID')), 'systemd starts the agent again');
  await answering();

  expect(await host.client.readStatus()).toMatchObject({ host: 'aurora-1' });
});
