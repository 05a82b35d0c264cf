import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LeaderFinder } from '../../../src/aurora/leader.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import {
  joinCluster,
  type Participant,
  type ParticipantOptions,
} from '../../../src/pretend-aurora/zookeeper/participant.ts';
import { openLeaderFinder } from '../../../src/zookeeper/leader-finder.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { connectClient } from '../../support/zookeeper-client.ts';
import { type ServerUnderTest, serversUnderTest } from './servers.ts';

describe.each(serversUnderTest)('a participant of $name', ({ start }) => {
  let server: ServerUnderTest;
  let proxy: TcpProxy;
  let clusters = 0;
  const participants: Participant[] = [];
  const finders: LeaderFinder[] = [];

  beforeAll(async () => {
    server = await start();
    proxy = await startTcpProxy(server);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });
  afterEach(async () => {
    proxy.open();
    await Promise.all(participants.splice(0).map((participant) => participant.close()));
    await Promise.all(finders.splice(0).map((finder) => finder.close()));
  });

  /** A fresh cluster: how to join it as host n, and the product's view of it. */
  function cluster(): {
    join: (host: number, options?: Partial<ParticipantOptions>) => Promise<Participant>;
    finder: LeaderFinder;
    serversetPath: string;
  } {
    clusters += 1;
    const paths = {
      serversetPath: `/aurora/c${clusters}/scheduler`,
      logGroupPath: `/aurora/c${clusters}/replicated-log`,
    };
    const shared = {
      ...paths,
      servers: [`${server.host}:${server.port}`],
      sessionTimeoutMs: 1_200,
      deadlineMs: 3_000,
      clock: systemClock,
    };
    const finder = openLeaderFinder(shared);
    finders.push(finder);
    return {
      finder,
      serversetPath: paths.serversetPath,
      join: async (host, options = {}) => {
        const joined = await joinCluster({
          ...shared,
          advertisedHost: `127.0.0.3${host}`,
          libprocess: `127.0.0.3${host}:1818${host}`,
          newId: () => '4a75670c-7f46-4de9-acbc-e6cc8af3707e',
          onSessionLost: () => undefined,
          ...options,
        });
        participants.push(joined);
        return joined;
      },
    };
  }

  test('is found as real schedulers are: candidates in order, replicas, then a leader', async () => {
    const { join, finder } = cluster();
    const first = await join(1);
    await join(2);

    await first.elected;
    const elected = await finder.findLeader();
    const member = await first.advertise({ host: '127.0.0.31', port: 8081 });
    const leading = await finder.findLeader();
    const replicas = await finder.listLogReplicas();

    expect(elected).toMatchObject({
      kind: 'none',
      candidates: [{ host: '127.0.0.31' }, { host: '127.0.0.32' }],
    });
    expect(first.electionNode).toBe('_c_4a75670c-7f46-4de9-acbc-e6cc8af3707e-lock-0000000000');
    expect(member).toBe('member_0000000002');
    expect(leading).toMatchObject({
      kind: 'one',
      node: member,
      endpoint: { host: '127.0.0.31', port: 8081 },
    });
    expect(replicas).toEqual([
      { node: '0000000000', address: 'log-replica(1)@127.0.0.31:18181' },
      { node: '0000000001', address: 'log-replica(1)@127.0.0.32:18182' },
    ]);
  });

  test('sees who leads, and is elected when those before it are gone', async () => {
    const { join } = cluster();
    const first = await join(1);
    const second = await join(2);
    await first.elected;
    await first.advertise({ host: '127.0.0.31', port: 8081 });
    await vi.waitFor(() => expect(second.leader()).toEqual({ host: '127.0.0.31', port: 8081 }));

    await first.close();
    await second.elected;

    await vi.waitFor(() => expect(second.leader()).toBeNull());
  });

  test('takes its election nodes along at once when it closes, its log node lags by the session', async () => {
    const { join, finder } = cluster();
    const first = await join(1);
    await first.elected;
    await first.advertise({ host: '127.0.0.31', port: 8081 });

    await first.close();
    const answer = await finder.findLeader();
    const replicas = await finder.listLogReplicas();

    expect(answer).toEqual({ kind: 'none', candidates: [] });
    expect(replicas).toHaveLength(1);
    await vi.waitFor(async () => expect(await finder.listLogReplicas()).toEqual([]), 5_000);
  });

  test('withdraws as leader and stays a candidate', async () => {
    const { join, finder } = cluster();
    const first = await join(1);
    await first.advertise({ host: '127.0.0.31', port: 8081 });

    await first.withdraw();
    await first.withdraw();
    const answer = await finder.findLeader();

    expect(answer).toMatchObject({ kind: 'none', candidates: [{ host: '127.0.0.31' }] });
  });

  test('puts its member node back when a stranger removes it, and follows what a stranger writes into it', async () => {
    const { join, finder, serversetPath } = cluster();
    const [first, second] = [await join(1), await join(2)];
    const member = await first.advertise({ host: '127.0.0.31', port: 8081 });
    const stranger = await connectClient(server);
    try {
      await stranger.remove(`${serversetPath}/${member}`);
      await vi.waitFor(async () => expect(await finder.findLeader()).toMatchObject({ kind: 'one' }), 5_000);
      const again = await finder.findLeader();
      expect(again).toMatchObject({ endpoint: { host: '127.0.0.31', port: 8081 } });
      expect(again.kind === 'one' && again.node).not.toBe(member);

      const elsewhere = { host: '127.0.0.39', port: 9 };
      const node = again.kind === 'one' ? again.node : '';
      await stranger.set(`${serversetPath}/${node}`, JSON.stringify({ serviceEndpoint: elsewhere }));
      await vi.waitFor(() => expect([first.leader(), second.leader()]).toEqual([elsewhere, elsewhere]));
    } finally {
      await stranger.close();
    }
  });

  test('resigns and stays a replica', async () => {
    const { join, finder } = cluster();
    const onSessionLost = vi.fn();
    const first = await join(1, { onSessionLost });
    const second = await join(2);
    await first.advertise({ host: '127.0.0.31', port: 8081 });

    await first.resign();
    await second.elected;
    const answer = await finder.findLeader();
    const replicas = await finder.listLogReplicas();

    expect(answer).toMatchObject({ kind: 'none', candidates: [{ host: '127.0.0.32' }] });
    expect(replicas).toHaveLength(2);
    expect(onSessionLost).not.toHaveBeenCalled();
  });

  test('says so when its session has expired while nobody could be reached, and is a replica again', async () => {
    const { join, finder } = cluster();
    const lost: boolean[] = [];
    await join(1, {
      servers: [`${proxy.host}:${proxy.port}`],
      onSessionLost: ({ wasAway }) => lost.push(wasAway),
    });

    proxy.shut();
    await vi.waitFor(async () => expect(await finder.listLogReplicas()).toEqual([]), 5_000);
    const nobody = { kind: 'none', candidates: [] };
    await vi.waitFor(async () => expect(await finder.findLeader()).toEqual(nobody), 5_000);
    proxy.open();

    await vi.waitFor(() => expect(lost).toEqual([true]), 5_000);
    await vi.waitFor(async () => expect(await finder.listLogReplicas()).toHaveLength(1), 5_000);
  });

  test('goes through a short cut of its connections without being noticed', async () => {
    const { join, finder } = cluster();
    const lost = vi.fn();
    const first = await join(1, { servers: [`${proxy.host}:${proxy.port}`], onSessionLost: lost });

    proxy.cut();
    await first.advertise({ host: '127.0.0.31', port: 8081 });
    const answer = await finder.findLeader();

    expect(answer.kind).toBe('one');
    expect(lost).not.toHaveBeenCalled();
  });

  test('cannot join when no server answers, and says why', async () => {
    const { join } = cluster();

    proxy.shut();
    const joining = join(1, { servers: [`${proxy.host}:${proxy.port}`], deadlineMs: 300 });

    await expect(joining).rejects.toMatchObject({ code: 'zookeeper-unreachable' });
  });
});
