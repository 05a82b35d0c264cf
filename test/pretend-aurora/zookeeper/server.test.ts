import { connect } from 'node:net';
import zookeeper from 'node-zookeeper-client';
import { afterEach, expect, test, vi } from 'vitest';
import { startZooKeeperServer, type ZooKeeperServer } from '../../../src/pretend-aurora/zookeeper/server.ts';
import { connectClient, startClient, type TestClient } from '../../support/zookeeper-client.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

const host = '127.0.0.1';
const startsAt = Date.UTC(2026, 10, 23, 16, 30);
const servers: ZooKeeperServer[] = [];
const clients: TestClient[] = [];

afterEach(async () => {
  for (const server of servers) server.resume();
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: { clock: ManualClock; port?: number }): Promise<ZooKeeperServer> {
  const server = await startZooKeeperServer({
    host,
    port: 0,
    tickMs: 100,
    minSessionTimeoutMs: 1_000,
    maxSessionTimeoutMs: 30_000,
    ...options,
  });
  servers.push(server);
  return server;
}

async function client(server: ZooKeeperServer, sessionTimeout: number): Promise<TestClient> {
  const connected = await connectClient({ host, port: server.port, sessionTimeout });
  clients.push(connected);
  return connected;
}

async function clientWithNode(server: ZooKeeperServer, sessionTimeout: number): Promise<TestClient> {
  const connected = await client(server, sessionTimeout);
  await connected.create('/mine', { data: 'host1', mode: zookeeper.CreateMode.EPHEMERAL });
  return connected;
}

test('a session ends when its clock says so, not before', async () => {
  const clock = manualClock(startsAt);
  const server = await serve({ clock });
  await clientWithNode(server, 15_000);
  const before = server.dump().find(({ path }) => path === '/mine');

  await clock.advance(14_900);
  const inTime = server.list('/');
  await clock.advance(100);

  expect(before).toEqual({
    path: '/mine',
    data: 'host1',
    ephemeralOwner: server.sessionIds()[0] ?? expect.any(BigInt),
  });
  expect(inTime).toEqual(['mine', 'zookeeper']);
  expect(server.list('/')).toEqual(['zookeeper']);
  expect(server.sessionIds()).toEqual([]);
});

test('whatever is heard of a client gives it its whole timeout again', async () => {
  const clock = manualClock(startsAt);
  const server = await serve({ clock });
  const one = await clientWithNode(server, 15_000);

  await clock.advance(10_000);
  await one.exists('/');
  await clock.advance(10_000);

  expect(server.list('/')).toContain('mine');
});

test('expireSession() does at once what the timeout would, and the client learns it', async () => {
  const server = await serve({ clock: manualClock(startsAt) });
  const one = await clientWithNode(server, 15_000);
  const expired = one.next('expired');

  for (const id of server.sessionIds()) server.expireSession(id);
  await expired;

  expect(server.list('/')).toEqual(['zookeeper']);
});

test('pause() stops the clock of sessions as well, and resume() gives them a whole timeout', async () => {
  const clock = manualClock(startsAt);
  const server = await serve({ clock });
  await clientWithNode(server, 15_000);

  server.pause();
  await clock.advance(60_000);
  server.resume();
  await clock.advance(14_000);

  expect(server.list('/')).toContain('mine');
});

test('pause({ drop: true }) cuts everyone off until resume(), sessions go on', async () => {
  const server = await serve({ clock: manualClock(startsAt) });
  const one = await clientWithNode(server, 15_000);
  const cut = one.next('disconnected');

  server.pause({ drop: true });
  await cut;
  const back = one.next('connected');
  server.resume();
  await back;

  expect(server.list('/')).toContain('mine');
});

test('resume({ sessionsOver: true }) is a server that stood still: whoever comes back has lost session and nodes', async () => {
  const server = await serve({ clock: manualClock(startsAt) });
  const one = await clientWithNode(server, 15_000);
  const expired = one.next('expired');

  server.pause({ drop: true });
  server.resume({ sessionsOver: true });
  await expired;

  expect(server.list('/')).toEqual(['zookeeper']);
});

test('a client that outlives a restart of the server is told that its session has expired', async () => {
  const clock = manualClock(startsAt);
  const first = await serve({ clock });
  const one = await clientWithNode(first, 15_000);
  const expired = one.next('expired');

  await first.close();
  await clock.advance(50);
  await serve({ clock, port: first.port });
  await expired;

  expect(one.states.at(-1)).toBe('expired');
});

test('a client that has seen more than this server knows is turned away', async () => {
  const clock = manualClock(startsAt);
  const later = await serve({ clock: manualClock(startsAt + 60_000) });
  const one = await client(later, 15_000);
  await one.create('/seen');
  await later.close();
  const earlier = await serve({ clock, port: later.port });

  await vi.waitFor(() => expect(one.states).toContain('disconnected'));
  const other = startClient({ host, port: earlier.port });
  clients.push(other);
  await other.next('connected');

  expect(one.states).toEqual(['connected', 'disconnected']);
});

test.each([
  ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
  ['a negative length', Buffer.from('ffffffff', 'hex')],
  ['a handshake that is too short', Buffer.from('0000000400000000', 'hex')],
])('%s costs the connection, and the server lives', async (_name, bytes) => {
  const server = await serve({ clock: manualClock(startsAt) });
  const socket = connect(server.port, host, () => socket.write(bytes));

  await new Promise((resolve) => socket.on('close', resolve));
  const one = await client(server, 15_000);

  expect(await one.children('/')).toEqual(['zookeeper']);
});
