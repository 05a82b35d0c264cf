import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type {
  Candidate,
  LeaderAnswer,
  LeaderFinder,
  MemberEffect,
  MemberEntry,
} from '../../src/aurora/leader.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type LeaderFinderOptions, openLeaderFinder } from '../../src/zookeeper/leader-finder.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type RealZooKeeper, startRealZooKeeper } from '../support/zookeeper.ts';
import { connectClient, type TestClient } from '../support/zookeeper-client.ts';
import { layOut, memberData } from './layout.ts';
import { readRecordedMoments, recordedMoment } from './recorded.ts';

let server: RealZooKeeper;
let proxy: TcpProxy;
let schedulers: TestClient;
let root: string;
let roots = 0;
const finders: LeaderFinder[] = [];

beforeAll(async () => {
  server = await startRealZooKeeper();
  proxy = await startTcpProxy(server);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});
beforeEach(async () => {
  roots += 1;
  root = `/cluster-${roots}`;
  schedulers = await connectClient({ host: server.host, port: server.port, sessionTimeout: 20_000 });
});
afterEach(async () => {
  proxy.open();
  await Promise.all(finders.splice(0).map((finder) => finder.close()));
  await schedulers.close();
});

function finder(options: Partial<LeaderFinderOptions> = {}): LeaderFinder {
  const opened = openLeaderFinder({
    servers: [`${server.host}:${server.port}`],
    serversetPath: `${root}/scheduler`,
    logGroupPath: `${root}/replicated-log/`,
    sessionTimeoutMs: 6_000,
    deadlineMs: 3_000,
    clock: systemClock,
    ...options,
  });
  finders.push(opened);
  return opened;
}
const behindProxy = (options: Partial<LeaderFinderOptions> = {}): LeaderFinder =>
  finder({ servers: [`${proxy.host}:${proxy.port}`], ...options });

describe('a recorded restore, moment by moment', () => {
  // What each moment must read as, from the recording's own words.
  test.each([
    ['before any scheduler runs', 'none', [], 0],
    ['three schedulers run, one leads', '127.0.0.32', ['.32', '.33', '.31'], 3],
    ['before the disaster', '127.0.0.32', ['.32', '.33', '.31'], 3],
    ['all schedulers stopped', 'none', [], 3],
    ['started in recovery mode, log NOT initialised (45 s)', 'none', ['.31', '.32', '.33'], 3],
    ['recovery mode, log initialised, one elected, storage not ready yet', 'none', ['.31', '.33', '.32'], 6],
    ['recovery mode, one elected, storage ready', 'none', ['.31', '.33', '.32'], 4],
    ['after commit, still in recovery mode', 'none', ['.33', '.32'], 3],
    ['registered again', '127.0.0.31', ['.31', '.32', '.33'], 3],
    ['after reconciliation', '127.0.0.31', ['.31', '.32', '.33'], 3],
  ])('%s', async (what, leader, candidates, replicas) => {
    const { zookeeper } = recordedMoment(what);
    if (zookeeper.scheduler !== null) await layOut(schedulers, `${root}/scheduler`, zookeeper.scheduler);
    if (zookeeper.replicatedLog !== null) {
      await layOut(schedulers, `${root}/replicated-log`, zookeeper.replicatedLog);
    }

    const answer = await finder().findLeader();
    const replicasFound = await finder().listLogReplicas();

    expect(answer.kind === 'one' ? answer.endpoint.host : answer.kind).toBe(leader);
    expect(candidatesOf(answer).map(({ host }) => host.slice('127.0.0'.length))).toEqual(candidates);
    expect(replicasFound).toHaveLength(replicas);
    expect(Object.fromEntries(replicasFound.map(({ node, address }) => [node, address]))).toEqual(
      zookeeper.replicatedLog ?? {},
    );
  });

  test('no recorded moment is left out above', () => {
    expect(readRecordedMoments()).toHaveLength(10);
  });
});

describe('the other answers', () => {
  test('several, when an ended leader has not expired yet', async () => {
    await layOut(schedulers, `${root}/scheduler`, {
      member_0000000003: memberData('aurora1'),
      member_0000000007: memberData('aurora2', 8082),
    });

    const answer = await finder().findLeader();

    expect(answer).toMatchObject({
      kind: 'several',
      members: expect.arrayContaining([
        { node: 'member_0000000003', endpoint: { host: 'aurora1', port: 8081 } },
        { node: 'member_0000000007', endpoint: { host: 'aurora2', port: 8082 } },
      ]),
      candidates: [],
    });
  });

  // What each does was seen on a real 0.23 (aurora.md 16); what schedulers cannot read is no reason not to say who leads.
  test.each<[string, string, string, MemberEffect]>([
    ['nothing', '', 'it has no data', 'breaks'],
    ['null', 'null', 'its data is null', 'breaks'],
    ['no endpoint', '{"additionalEndpoints":{},"status":"ALIVE"}', 'serviceEndpoint is missing', 'breaks'],
    ['a status alone', '{"status":"ALIVE"}', 'serviceEndpoint is missing', 'breaks'],
    [
      'no host',
      '{"serviceEndpoint":{"port":8081},"status":"ALIVE"}',
      'serviceEndpoint.host is missing',
      'breaks',
    ],
    [
      'a port that is none',
      '{"serviceEndpoint":{"host":"a","port":70000},"status":"ALIVE"}',
      'serviceEndpoint.port is not a port',
      'breaks',
    ],
    ['no JSON', '{"serviceEndpoint":', 'its data is not JSON', 'skipped'],
    ['a list', '[]', 'the value is not as expected', 'skipped'],
    [
      'a port in quotes',
      '{"serviceEndpoint":{"host":"a","port":"8081"},"status":"ALIVE"}',
      'serviceEndpoint.port is not as expected',
      'skipped',
    ],
  ])('a member that says %s is named, beside a good one and alone', async (_name, data, problem, effect) => {
    const stray = { member_0000000001: data };
    await layOut(schedulers, `${root}/scheduler`, stray);
    const alone = await finder().findLeader();
    await layOut(schedulers, `${root}/scheduler`, { member_0000000002: memberData('aurora1') });

    const beside = await finder().findLeader();

    expect(alone).toMatchObject({ kind: 'malformed', members: [{ node: 'member_0000000001', problem }] });
    expect(beside).toMatchObject({ kind: 'one', endpoint: { host: 'aurora1', port: 8081 } });
    expect(entriesOf(beside)).toContainEqual(
      expect.objectContaining({ node: 'member_0000000001', endpoint: null, problem, effect }),
    );
  });

  test.each([
    [
      'another status',
      'member_0000000009',
      memberData('a').replace('ALIVE', 'DEAD'),
      'its status is not ALIVE',
    ],
    ['a name without a number', 'member_abc', memberData('a'), 'its name has no number'],
    ['another host', 'member_0000000009', memberData('a'), null],
  ])('%s counts as a second leader, because schedulers count it', async (_what, node, data, problem) => {
    await layOut(schedulers, `${root}/scheduler`, {
      member_0000000002: memberData('aurora1'),
      [node]: data,
    });

    const answer = await finder().findLeader();

    expect(answer.kind).toBe('several');
    expect(entriesOf(answer)).toContainEqual(
      expect.objectContaining({ node, problem, effect: 'counted', endpoint: { host: 'a', port: 8081 } }),
    );
  });

  test('where each node comes from is told: its path, its age, whether it stays, and which is older', async () => {
    const path = `${root}/scheduler`;
    const before = Date.now();
    await layOut(schedulers, path, {
      '_c_4a75670c-7f46-4de9-acbc-e6cc8af3707e-lock-0000000004': 'aurora1',
      member_0000000002: memberData('aurora1'),
    });
    await schedulers.create(`${path}/_c_4a75670c-7f46-4de9-acbc-e6cc8af3707f-lock-0000000000`, {
      data: 'nobody',
    });
    await schedulers.create(`${path}/member_stays`, { data: 'x' });

    const answer = await finder().findLeader();

    const entries = entriesOf(answer);
    const origins = new Map(entries.map(({ node, origin }) => [node, origin]));
    expect(origins.get('member_stays')).toMatchObject({ path: `${path}/member_stays`, ephemeral: false });
    expect(origins.get('member_0000000002')?.ephemeral).toBe(true);
    // Of one machine, whose clock both read.
    expect(origins.get('member_stays')?.createdAtMs).toBeGreaterThanOrEqual(before);
    const [lowest, elected] = candidatesOf(answer);
    expect([lowest?.host, elected?.host]).toEqual(['nobody', 'aurora1']);
    expect(lowest?.origin?.createdZxid).toBeGreaterThan(elected?.origin?.createdZxid ?? Infinity);
  });

  test('candidates of every election kind count, other children do not', async () => {
    await layOut(schedulers, `${root}/scheduler`, {
      singleton_candidate_0000000002: 'legacy',
      '_c_4a75670c-7f46-4de9-acbc-e6cc8af3707e-latch-0000000001': 'latch',
      '_c_4a75670c-7f46-4de9-acbc-e6cc8af3707e-lock-0000000010': 'selector',
      'something-0000000000': 'else',
    });

    const answer = await finder().findLeader();

    expect(answer.kind).toBe('none');
    expect(candidatesOf(answer).map(({ host }) => host)).toEqual(['latch', 'legacy', 'selector']);
  });

  test('an address that ZooKeeper cannot have is refused at once', () => {
    expect(() => finder({ servers: ['[::1]:2181'] })).toThrow(
      expect.objectContaining({ code: 'zookeeper-address' }),
    );
  });
});

describe('a ZooKeeper that comes and goes', () => {
  test('kill -9 is "unreachable" within the deadline, and a restart is found again', async () => {
    await layOut(schedulers, `${root}/scheduler`, { member_0000000001: memberData('aurora1') });
    const asked = finder({ deadlineMs: 600 });
    const before = await asked.findLeader();

    await server.kill();
    const startedAt = performance.now();
    const during = await asked.findLeader();
    const took = performance.now() - startedAt;
    const replicas = asked.listLogReplicas();
    await expect(replicas).rejects.toMatchObject({ code: 'zookeeper-unreachable' });
    await server.start();
    const after = await asked.findLeader();

    expect([before.kind, during.kind, after.kind]).toEqual(['one', 'unreachable', 'one']);
    expect(took).toBeLessThan(10_000);
  });

  test('a stopped server that keeps its connections is "unreachable" within the deadline', async () => {
    await layOut(schedulers, `${root}/scheduler`, { member_0000000001: memberData('aurora1') });
    const asked = finder({ deadlineMs: 600 });
    await asked.findLeader();

    await server.freeze();
    const during = await asked.findLeader();
    server.thaw();
    const after = await asked.findLeader();

    expect([during.kind, after.kind]).toEqual(['unreachable', 'one']);
  });

  test('a connection that swallows everything is given up for a new one', async () => {
    await layOut(schedulers, `${root}/scheduler`, { member_0000000001: memberData('aurora1') });
    const asked = behindProxy({ deadlineMs: 1_000 });
    await asked.findLeader();

    proxy.swallow();
    const during = await asked.findLeader();
    proxy.open();
    const after = await asked.findLeader();

    expect([during.kind, after.kind]).toEqual(['unreachable', 'one']);
  });

  test.each([
    ['the listing', 45],
    ['the data of the member', 400],
  ])('a connection cut in the middle of %s costs nothing but time', async (_name, bytes) => {
    const crowd = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`_c_abc-lock-${String(index).padStart(10, '0')}`, 'host']),
    );
    await layOut(schedulers, `${root}/scheduler`, { ...crowd, member_0000000040: memberData('aurora1') });
    const asked = behindProxy();

    proxy.cutAfter(bytes);
    const answer = await asked.findLeader();

    expect(answer.kind).toBe('one');
    expect(candidatesOf(answer)).toHaveLength(30);
  });

  test('a session that expired is replaced', async () => {
    await layOut(schedulers, `${root}/scheduler`, { member_0000000001: memberData('aurora1') });
    const asked = behindProxy({ sessionTimeoutMs: 600, deadlineMs: 500 });
    await asked.findLeader();

    proxy.shut();
    const during = await asked.findLeader();
    proxy.open();
    const after = await asked.findLeader();

    expect([during.kind, after.kind]).toEqual(['unreachable', 'one']);
  });

  test('a server that was killed and started again is asked again, and what changed meanwhile is seen', async () => {
    await layOut(schedulers, `${root}/scheduler`, { member_0000000001: memberData('aurora1') });
    const asked = finder();
    await asked.findLeader();

    await server.kill();
    await server.start();
    const other = await connectClient({ host: server.host, port: server.port });
    await other.set(`${root}/scheduler/member_0000000001`, memberData('aurora2'));
    await other.close();

    await vi.waitFor(async () => {
      expect(await asked.findLeader()).toMatchObject({ kind: 'one', endpoint: { host: 'aurora2' } });
    }, 10_000);
  });
});

function candidatesOf(answer: LeaderAnswer): readonly Candidate[] {
  return answer.kind === 'unreachable' ? [] : answer.candidates;
}

function entriesOf(answer: LeaderAnswer): readonly MemberEntry[] {
  return answer.kind === 'unreachable' ? [] : (answer.entries ?? []);
}
