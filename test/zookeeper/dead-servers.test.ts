/** A ZooKeeper of several servers, some of which are dead machines: no refusal comes from them, only silence. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LeaderFinder } from '../../src/aurora/leader.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type LeaderFinderOptions, openLeaderFinder } from '../../src/zookeeper/leader-finder.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { type DeafServer, startDeafServer } from '../support/deaf-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type RealZooKeeper, startRealZooKeeper } from '../support/zookeeper.ts';
import { connectClient, type TestClient } from '../support/zookeeper-client.ts';
import { layOut, memberData } from './layout.ts';

let server: RealZooKeeper;
let proxy: TcpProxy;
let schedulers: TestClient;
let dead: readonly DeafServer[];
const finders: LeaderFinder[] = [];

beforeAll(async () => {
  server = await startRealZooKeeper();
  proxy = await startTcpProxy(server);
  dead = [await startDeafServer(), await startDeafServer(), await startDeafServer(), await startDeafServer()];
  schedulers = await connectClient(server);
  await layOut(schedulers, '/scheduler', { member_0000000001: memberData('aurora1') });
});
afterAll(async () => {
  await schedulers.close();
  await proxy.close();
  await server.close();
  await Promise.all(dead.map((one) => one.close()));
});
beforeEach(() => {
  proxy.open();
});
afterEach(async () => {
  await Promise.all(finders.splice(0).map((finder) => finder.close()));
});

const addressOf = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;

function finder(options: Partial<LeaderFinderOptions> & Pick<LeaderFinderOptions, 'servers'>): LeaderFinder {
  const opened = openLeaderFinder({
    serversetPath: '/scheduler',
    logGroupPath: '/log',
    sessionTimeoutMs: 10_000,
    deadlineMs: 3_000,
    clock: systemClock,
    ...options,
  });
  finders.push(opened);
  return opened;
}

/** The library tries the servers in an order of chance: of so many readers, some meet the dead ones first. */
const readers = 10;

describe('every question is answered within its deadline', () => {
  test.each([
    ['one of two', 1],
    ['two of three', 2],
    ['four of five', 4],
  ])('when %s servers are dead', async (_what, deadOnes) => {
    const servers = [...dead.slice(0, deadOnes), server].map(addressOf);

    const answers = await Promise.all(
      Array.from({ length: readers }, () => finder({ servers }).findLeader()),
    );

    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: readers }, () => 'one'));
  });

  test('when the server that a reader is connected to falls silent, and another one is dead', async () => {
    const servers = [proxy, ...dead.slice(0, 1), server].map(addressOf);
    const asked = Array.from({ length: readers }, () => finder({ servers }));
    await Promise.all(asked.map((one) => one.findLeader()));

    proxy.swallow();
    const answers = await Promise.all(asked.map((one) => one.findLeader()));

    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: readers }, () => 'one'));
  });
});

test('all are dead: "unreachable" names every server', async () => {
  const servers = dead.map(addressOf);

  const answer = await finder({ servers, deadlineMs: 600 }).findLeader();

  expect(answer).toMatchObject({ kind: 'unreachable', error: { code: 'zookeeper-unreachable' } });
  for (const address of servers) {
    expect(answer.kind === 'unreachable' ? answer.error.message : '').toContain(address);
  }
});

test('who joins an opening that another began is not refused when that one has run out of time', async () => {
  const clock = new FakeClock(0);
  const asked = finder({ servers: [addressOf(proxy)], clock });
  proxy.shut();

  const early = asked.findLeader();
  // It has begun to count its time.
  await new Promise((resolve) => setImmediate(resolve));
  clock.pass(2_000);
  const late = asked.findLeader();
  clock.advance(3_000);
  const first = await early;
  proxy.open();
  const second = await late;

  expect([first.kind, second.kind]).toEqual(['unreachable', 'one']);
});
