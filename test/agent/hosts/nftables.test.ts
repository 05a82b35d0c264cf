/** Traffic on a real host: this machine is the client on another host. Root only; see namespace-host.ts. */
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeOn } from '../../../src/drill/namespaces/namespace-host.ts';
import { type AgentOnHost, createSchedulerHost, type SchedulerHost } from '../support/scheduler-host.ts';
import { until } from '../support/test-host.ts';

const unitFile = '[Service]\nExecStart=/usr/local/sbin/aurora-scheduler-startup\nUser=aurora\n';
const table = ['list', 'table', 'inet', 'aurora_chatops'];

let host: SchedulerHost;
let agent: AgentOnHost;
beforeAll(async () => {
  host = await createSchedulerHost();
  writeOn(host.machine, '/etc/systemd/system/aurora-scheduler.service', unitFile);
  await host.machine.ask('systemctl', 'daemon-reload');
  // Somebody else's rules, which are not ours to touch.
  await host.machine.ask(
    'nft',
    'add table inet filter { chain input { type filter hook input priority 0; policy accept; tcp dport 22 accept; }; }',
  );
  agent = await host.startAgent();
  await host.client.perform(host.request('start-scheduler', {}));
  for (const port of [host.httpPort, host.libprocessPort]) {
    await until(
      async () => (await reach(host.machine.address, port)) === 'connected',
      'the scheduler listens',
    );
  }
});
afterAll(async () => {
  await agent.kill();
  await host.dispose();
});
beforeEach(async () => {
  await host.client.perform(host.request('unblock-traffic', {}));
});

const block = () => host.client.perform(host.request('block-traffic', {}));
const unblock = () => host.client.perform(host.request('unblock-traffic', {}));
const nft = async (...words: readonly string[]) => host.machine.run('nft', ...words);
const others = async (): Promise<string> => (await nft('list', 'table', 'inet', 'filter')).stdout;
/** From this machine, over its network. */
const reach = (address: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 3_000 });
    const end = (how: string): void => {
      socket.destroy();
      resolve(how);
    };
    socket.once('connect', () => end('connected'));
    socket.once('timeout', () => end('silent'));
    socket.once('error', (error) => end('code' in error ? String(error.code) : 'failed'));
  });
/** On the host itself. */
const reachInside = async (address: string): Promise<boolean> => {
  const line = `exec 3<>/dev/tcp/${address}/${host.httpPort}`;
  return (await host.machine.run('bash', '-c', line)).code === 0;
};

describe('block-traffic', () => {
  test('refuses clients of other hosts, over IPv4 and IPv6, and no others', async () => {
    const { address, address6 } = host.machine;
    const before = [await reach(address, host.httpPort), await reach(address6, host.httpPort)];

    const blocked = await block();

    expect(before).toEqual(['connected', 'connected']);
    expect(blocked).toMatchObject({ state: 'done', changed: true });
    expect(await reach(address, host.httpPort)).toBe('ECONNREFUSED');
    expect(await reach(address6, host.httpPort)).toBe('ECONNREFUSED');
    expect(await reach(address, host.libprocessPort)).toBe('connected');
    expect(await reach(address6, host.libprocessPort)).toBe('connected');
    expect(await Promise.all(['127.0.0.1', '::1', address].map(reachInside))).toEqual([true, true, true]);
    expect(await host.client.readStatus()).toMatchObject({
      traffic: 'blocked',
      scheduler: { httpPortOpen: true },
      leaderHealth: 502,
    });
  });

  test('ends connections that stand already', async () => {
    const socket = connect({ host: host.machine.address, port: host.httpPort });
    await new Promise((resolve) => socket.once('connect', resolve));
    await block();

    const ended = new Promise((resolve) => socket.once('error', resolve));
    socket.write('GET /vars.json HTTP/1.1\r\nHost: a\r\n\r\n');

    expect(await ended).toMatchObject({ code: 'ECONNRESET' });
  });

  test('applied twice is one table with two rules', async () => {
    await block();
    await nft('flush', 'table', 'inet', 'aurora_chatops');
    await block();

    const again = await block();

    expect(again).toMatchObject({ state: 'done', changed: false });
    expect((await nft(...table)).stdout.match(/accept|reject/g)).toHaveLength(3);
  });

  test('puts right a table that somebody has changed', async () => {
    await block();
    await nft('add', 'rule', 'inet', 'aurora_chatops', 'input', 'tcp', 'dport', '8083', 'drop');

    const again = await block();

    expect(again).toMatchObject({ state: 'done', changed: true });
    expect(await reach(host.machine.address, host.libprocessPort)).toBe('connected');
  });
});

test('unblock-traffic takes its own table away and touches no other rule', async () => {
  const before = await others();
  await block();

  const opened = await unblock();

  expect(opened).toMatchObject({ state: 'done', changed: true });
  expect(await reach(host.machine.address, host.httpPort)).toBe('connected');
  expect((await nft(...table)).stderr).toMatch(/No such file/);
  expect(await others()).toBe(before);
  expect(await unblock()).toMatchObject({ state: 'done', changed: false });
});

test('a host that has lost its power is blocked again before its agent answers', async () => {
  await block();
  await host.machine.cutPower();
  await host.machine.boot();
  const open = await nft(...table);
  agent = await host.startAgent();

  const { traffic } = await host.client.readStatus();

  expect(open.stderr).toMatch(/No such file/);
  expect(traffic).toBe('blocked');
  expect(host.lines('/var/lib/aurora-chatops/audit.jsonl').join('\n')).toContain('"traffic-blocked-again"');
  expect(await unblock()).toMatchObject({ state: 'done', changed: true });
});
