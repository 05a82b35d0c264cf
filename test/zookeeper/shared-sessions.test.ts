/** Many clusters on one real ZooKeeper: one session for all of them, and each hears of its own leader at once. */
import zookeeper from 'node-zookeeper-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { LeaderFinder } from '../../src/aurora/leader.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type LeaderFinderOptions, openLeaderFinder } from '../../src/zookeeper/leader-finder.ts';
import { SharedSessions } from '../../src/zookeeper/shared-sessions.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type RealZooKeeper, startRealZooKeeper } from '../support/zookeeper.ts';
import { connectClient, type TestClient } from '../support/zookeeper-client.ts';
import { layOut, memberData } from './layout.ts';

let server: RealZooKeeper;
let proxy: TcpProxy;
let schedulers: TestClient;
const finders: LeaderFinder[] = [];

beforeAll(async () => {
  server = await startRealZooKeeper();
  proxy = await startTcpProxy(server);
  schedulers = await connectClient({ host: server.host, port: server.port, sessionTimeout: 20_000 });
});
afterAll(async () => {
  await schedulers.close();
  await proxy.close();
  await server.close();
});
afterEach(async () => {
  proxy.open();
  await Promise.all(finders.splice(0).map((finder) => finder.close()));
});

/** As a bot opens them. Paths of cluster n begin with the name of the test's own root. */
function open(root: string, clusters: number, changes: Partial<LeaderFinderOptions> = {}) {
  const sessions = new SharedSessions();
  const opened = Array.from({ length: clusters }, (_, index) =>
    openLeaderFinder({
      servers: [`${proxy.host}:${proxy.port}`],
      serversetPath: `${root}/${index}/scheduler`,
      logGroupPath: `${root}/${index}/log`,
      sessionTimeoutMs: 6_000,
      deadlineMs: 5_000,
      clock: systemClock,
      sessions,
      ...changes,
    }),
  );
  finders.push(...opened);
  return { opened };
}

/** A node that nobody may read but who has made it. */
function createFor(scheme: string, path: string): Promise<unknown> {
  const acl = new zookeeper.ACL(zookeeper.Permission.ALL, new zookeeper.Id(scheme, 'aurora:nobody'));
  return new Promise((resolve, reject) => {
    schedulers.library.create(path, Buffer.alloc(0), [acl], zookeeper.CreateMode.PERSISTENT, (error) =>
      error ? reject(new Error('not created', { cause: error })) : resolve(null),
    );
  });
}

const leaderOf = async (finder: LeaderFinder): Promise<string> => {
  const answer = await finder.findLeader();
  return answer.kind === 'one' ? answer.endpoint.host : answer.kind;
};

/** Looks each time it is told to; `is` resolves when what it last saw is that. */
function follow(finder: LeaderFinder) {
  const seen: string[] = [];
  const both = Promise.withResolvers<void>();
  const waiting = new Map<string, () => void>();
  const stop = finder.watch(() => {
    void leaderOf(finder).then((leader) => {
      seen.push(leader);
      waiting.get(leader)?.();
      if (seen.length === 2) both.resolve();
    });
  });
  const is = async (leader: string): Promise<void> => {
    if (seen.at(-1) === leader) return;
    await new Promise<void>((resolve) => {
      waiting.set(leader, resolve);
    });
  };
  // Each of its two paths is told of once when it is watched.
  return { seen, is, stop, watching: both.promise };
}

const ours = async (others: readonly string[]): Promise<readonly string[]> =>
  (await server.listSessions()).filter((id) => !others.includes(id));

test('a hundred clusters have one session, and hear of a change of leader each', {
  timeout: 120_000,
}, async () => {
  const others = await server.listSessions();
  const { opened } = open('/hundred', 100);
  for (const [index] of opened.entries())
    await layOut(schedulers, `/hundred/${index}/scheduler`, { member_0000000001: memberData('aurora-1') });
  const following = opened.map(follow);

  await Promise.all(following.map(({ is }) => is('aurora-1')));
  const [session, ...more] = await ours(others);
  for (const [index] of opened.entries()) {
    await schedulers.remove(`/hundred/${index}/scheduler/member_0000000001`);
    await layOut(schedulers, `/hundred/${index}/scheduler`, { member_0000000002: memberData('aurora-2') });
  }
  await Promise.all(following.map(({ is }) => is('aurora-2')));

  expect(session).toBeDefined();
  expect(more).toEqual([]);
  expect(await ours(others)).toEqual([session]);
});

test('a change is told to the cluster that it is of, and a path that is made later is seen', async () => {
  const { opened } = open('/own', 2);
  const [first, second] = opened.map(follow);
  await Promise.all([first?.watching, second?.watching]);
  const before = second?.seen.length;

  await layOut(schedulers, '/own/0/scheduler', { member_0000000001: memberData('aurora-1') });
  await first?.is('aurora-1');

  expect(second?.seen).toHaveLength(before ?? 0);
});

test('nobody is told any more who has stopped, or is closed', async () => {
  const { opened } = open('/stopped', 3);
  const [stopped, closed, witness] = opened.map(follow);
  await Promise.all([stopped?.watching, closed?.watching, witness?.watching]);
  const before = [stopped?.seen.length, closed?.seen.length];

  stopped?.stop();
  await opened[1]?.close();
  for (const index of [0, 1, 2])
    await layOut(schedulers, `/stopped/${index}/scheduler`, { member_0000000001: memberData('aurora-1') });
  await witness?.is('aurora-1');

  expect([stopped?.seen.length, closed?.seen.length]).toEqual(before);
});

test('a session that is lost is opened once for all of them, and each looks again', async () => {
  const others = await server.listSessions();
  const { opened } = open('/lost', 10, { sessionTimeoutMs: 1_000, deadlineMs: 1_000 });
  for (const [index] of opened.entries()) await layOut(schedulers, `/lost/${index}/scheduler`, {});
  const following = opened.map(follow);
  await Promise.all(following.map(({ is }) => is('none')));
  const before = await ours(others);

  proxy.swallow();
  await Promise.all(following.map(({ is }) => is('unreachable')));
  for (const [index] of opened.entries())
    await layOut(schedulers, `/lost/${index}/scheduler`, { member_0000000001: memberData('aurora-1') });
  proxy.open();
  await Promise.all(following.map(({ is }) => is('aurora-1')));

  const after = await ours([...others, ...before]);
  expect([before.length, after.length]).toEqual([1, 1]);
});

test('what one may not read costs the others no session', async () => {
  const others = await server.listSessions();
  const { opened } = open('/forbidden', 2);
  const [barred, free] = opened;
  if (barred === undefined || free === undefined) throw new Error('two were opened');
  await layOut(schedulers, '/forbidden/1/scheduler', { member_0000000001: memberData('aurora-1') });
  await layOut(schedulers, '/forbidden/0', {});
  await createFor('digest', '/forbidden/0/scheduler');

  expect(await leaderOf(free)).toBe('aurora-1');
  const before = await ours(others);
  expect(await Promise.all([leaderOf(barred), leaderOf(free), leaderOf(barred), leaderOf(free)])).toEqual([
    'unreachable',
    'aurora-1',
    'unreachable',
    'aurora-1',
  ]);

  expect(await ours(others)).toEqual(before);
});

test('other servers, credentials or patience are another session; the last one to close it ends it', async () => {
  const others = await server.listSessions();
  const sessions = new SharedSessions();
  const direct = `${server.host}:${server.port}`;
  const digest = () => Promise.resolve('aurora:secret');
  const opened = [
    open('/apart', 2, { sessions }),
    open('/apart', 2, { sessions, digest, credentials: '/etc/zk.digest' }),
    open('/apart', 1, { sessions, servers: [direct] }),
    open('/apart', 1, { sessions, sessionTimeoutMs: 9_000 }),
  ].map((group) => group.opened);

  await Promise.all(opened.flat().map(leaderOf));
  expect(await ours(others)).toHaveLength(4);
  await opened[0]?.[0]?.close();
  expect(await leaderOf(opened[0]?.[1] as LeaderFinder)).toBe('none');
  await Promise.all(opened.flat().map((finder) => finder.close()));

  await vi.waitFor(async () => expect(await ours(others)).toEqual([]));
});
