/** Nodes that not everybody may read, as schedulers with -zk_digest_credentials make them. */
import { createHash } from 'node:crypto';
import zookeeper from 'node-zookeeper-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LeaderFinder } from '../../src/aurora/leader.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type LeaderFinderOptions, openLeaderFinder } from '../../src/zookeeper/leader-finder.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type RealZooKeeper, startRealZooKeeper } from '../support/zookeeper.ts';
import { connectClient, type TestClient } from '../support/zookeeper-client.ts';
import { memberData } from './layout.ts';

const secret = 'aurora:s3cret-of-the-test';
let server: RealZooKeeper;
let proxy: TcpProxy;
let schedulers: TestClient;
const finders: LeaderFinder[] = [];

beforeAll(async () => {
  server = await startRealZooKeeper();
  proxy = await startTcpProxy(server);
  schedulers = await connectClient(server);
  await createFor(['world', 'anyone'], '/open', '');
  await createFor(['digest', digestId(secret)], '/closed', '');
  await createFor(['world', 'anyone'], '/half', '');
  await createFor(['digest', digestId(secret)], '/half/member_0000000001', memberData('aurora1'));
  schedulers.library.addAuthInfo('digest', Buffer.from(secret));
  await createFor(['digest', digestId(secret)], '/closed/member_0000000001', memberData('aurora1'));
});
afterAll(async () => {
  await schedulers.close();
  await proxy.close();
  await server.close();
});
afterEach(async () => {
  await Promise.all(finders.splice(0).map((finder) => finder.close()));
});

/** The id of `user:password` in an ACL: the password is not in it. */
function digestId(pair: string): string {
  const [user] = pair.split(':');
  return `${user}:${createHash('sha1').update(pair).digest('base64')}`;
}

function createFor([scheme, id]: readonly [string, string], path: string, data: string): Promise<unknown> {
  const acl = new zookeeper.ACL(zookeeper.Permission.ALL, new zookeeper.Id(scheme, id));
  return new Promise((resolve, reject) => {
    schedulers.library.create(path, Buffer.from(data), [acl], zookeeper.CreateMode.PERSISTENT, (error) =>
      error ? reject(new Error('not created', { cause: error })) : resolve(null),
    );
  });
}

function finder(options: Partial<LeaderFinderOptions>): LeaderFinder {
  const opened = openLeaderFinder({
    servers: [`${proxy.host}:${proxy.port}`],
    serversetPath: '/closed',
    logGroupPath: '/closed',
    sessionTimeoutMs: 6_000,
    deadlineMs: 3_000,
    clock: systemClock,
    ...options,
  });
  finders.push(opened);
  return opened;
}

test.each([
  ['the listing', '/closed', '/closed'],
  ['the member below a listing that everybody may read', '/half', '/half/member_0000000001'],
])('%s may not be read: the node is named, and where to put the credentials', async (_what, path, node) => {
  const asked = finder({ serversetPath: path });

  const answer = await asked.findLeader();

  expect(answer).toMatchObject({
    kind: 'unreachable',
    error: {
      code: 'zookeeper-not-readable',
      message: `ZooKeeper answers but does not let the bot read ${node} (NO_AUTH).`,
      hint: expect.stringContaining('zookeeper.digestCredentials') as unknown,
    },
  });
});

test('the log group may not be read: the same sentence', async () => {
  await expect(finder({}).listLogReplicas()).rejects.toMatchObject({ code: 'zookeeper-not-readable' });
});

test('with the credentials of the schedulers it is read, also after the connection was cut', async () => {
  const asked = finder({ digest: () => Promise.resolve(secret) });
  const before = await asked.findLeader();

  proxy.cut();
  const after = await asked.findLeader();

  expect([before.kind, after.kind]).toEqual(['one', 'one']);
});

test('with other credentials it says that they are not those of the node, and tells nobody what they are', async () => {
  const asked = finder({ digest: () => Promise.resolve('aurora:another') });

  const answer = await asked.findLeader();

  expect(answer).toMatchObject({ kind: 'unreachable', error: { code: 'zookeeper-not-readable' } });
  const { error } = answer as Extract<typeof answer, { kind: 'unreachable' }>;
  expect(error.hint).toContain('are not those of the node');
  expect(`${error.message} ${error.hint} ${String(error.cause)} ${JSON.stringify(error)}`).not.toContain(
    'another',
  );
});

test('credentials that were changed are taken when the next session is opened', async () => {
  const pairs = ['aurora:another', secret];
  const asked = finder({ digest: () => Promise.resolve(pairs.shift() ?? secret) });

  const before = await asked.findLeader();
  const after = await asked.findLeader();

  expect([before.kind, after.kind]).toEqual(['unreachable', 'one']);
});
