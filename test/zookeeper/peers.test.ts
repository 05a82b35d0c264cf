import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { LeaderFinder } from '../../src/aurora/leader.ts';
import { explainLeader } from '../../src/aurora/leader-words.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { openLeaderFinder } from '../../src/zookeeper/leader-finder.ts';

// Peers that are not ZooKeeper, or no longer in their right mind: each is "unreachable", in time, with a hint.

const servers: Server[] = [];
const sockets = new Set<Socket>();
const finders: LeaderFinder[] = [];
afterEach(async () => {
  await Promise.all(finders.splice(0).map((finder) => finder.close()));
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function finder(ports: readonly number[]): LeaderFinder {
  const opened = openLeaderFinder({
    servers: ports.map((port) => `127.0.0.1:${port}`),
    serversetPath: '/aurora/scheduler',
    logGroupPath: '/aurora/replicated-log',
    sessionTimeoutMs: 3_000,
    deadlineMs: 500,
    clock: systemClock,
  });
  finders.push(opened);
  return opened;
}

/** The answer to any handshake: a session of 3 s. */
const welcome = Buffer.concat([
  Buffer.from([0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0x0b, 0xb8, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 16]),
  Buffer.alloc(16, 1),
]);

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  servers.splice(servers.indexOf(server), 1);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test.each<[string, () => Promise<number>, RegExp]>([
  ['nobody listens', closedPort, /cannot be asked/],
  ['a peer that accepts and says nothing', () => listen(createServer()), /longer than \d+ ms/],
  [
    'an HTTP server',
    () => listen(createHttpServer((_request, response) => response.end('<html>'))),
    /does not speak ZooKeeper/,
  ],
  [
    'a peer that hangs up at once',
    () => listen(createServer((socket) => socket.destroy())),
    /longer than \d+ ms/,
  ],
  [
    'a peer that welcomes and never answers',
    () => listen(createServer((socket) => socket.once('data', () => socket.write(welcome)))),
    /longer than \d+ ms/,
  ],
  [
    'a peer that sends half a frame and stops',
    () => listen(createServer((socket) => socket.once('data', () => socket.write(welcome.subarray(0, 11))))),
    /longer than \d+ ms/,
  ],
  [
    'a peer that announces a frame of 2 GB',
    () => listen(createServer((socket) => socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff])))),
    /does not speak ZooKeeper: it announces a frame of 2147483647 bytes/,
  ],
  [
    'a peer that sends a watch event of an unknown type',
    () =>
      listen(
        createServer((socket) => {
          // xid -1, zxid -1, no error; event type 99, state 3, path "/".
          const event = '0000001dffffffffffffffffffffffff000000000000006300000003000000012f';
          socket.once('data', () => socket.write(Buffer.concat([welcome, Buffer.from(event, 'hex')])));
        }),
      ),
    /cannot be asked/,
  ],
])('%s', async (_name, start, sentence) => {
  const asked = finder([await start()]);

  const startedAt = performance.now();
  const answer = await asked.findLeader();
  const took = performance.now() - startedAt;

  expect(answer).toMatchObject({ kind: 'unreachable', error: { code: 'zookeeper-unreachable' } });
  expect(explainLeader(answer).sentence).toMatch(sentence);
  expect(explainLeader(answer).next).toMatch(/Check/);
  expect(took).toBeLessThan(1_500);
});
