/**
 * What programs of others found wrong with the pretend schedulers, held to what Aurora's and Mesos' source says
 * (`TaskReconciler`, `LeaderRedirect`, `Master::failoverFramework`). What they found of ZooKeeper itself is beside its contract.
 */
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startEdge } from '../../../src/pretend-aurora/host/edge.ts';
import { setTraffic } from '../../../src/pretend-aurora/host/traffic.ts';
import { connectClient, type TestClient } from '../../support/zookeeper-client.ts';
import { until } from './support/drill-cluster.ts';
import { startLoneScheduler, untilLeading } from './support/lone-scheduler.ts';
import { callScheduler } from './support/scheduler-call.ts';
import { type Member, startTrio, type Trio, trioPaths } from './support/trio.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startThree(flags?: readonly string[]): Promise<{ trio: Trio; stranger: TestClient }> {
  const trio = await startTrio(flags === undefined ? {} : { flags });
  stops.push(() => trio.close());
  const stranger = await connectClient({ host: '127.0.0.1', port: trio.zookeeper.port });
  stops.push(() => stranger.close());
  return { trio, stranger };
}

const registering = ['-mesos_master_address=zk://masters/mesos', '-reconciliation_initial_delay=365days'];
/** Of the serverset, in the order of election. */
const electionNodes = ({ zookeeper }: Trio): string[] =>
  zookeeper
    .list(trioPaths.serverset)
    .filter((name) => name.includes('-lock-'))
    .sort((one, other) => Number(one.slice(-10)) - Number(other.slice(-10)));
const memberOf = ({ zookeeper }: Trio): string =>
  zookeeper.list(trioPaths.serverset).find((name) => name.startsWith('member_')) ?? '';
const stateOf = async (member: Member, state: string): Promise<boolean> =>
  (await member.vars())?.[`scheduler_lifecycle_${state}`] === 1;

async function untilActive(trio: Trio): Promise<Member> {
  return await until('a leader that is advertised', async () => {
    for (const member of trio.members())
      if ((await stateOf(member, 'ACTIVE')) && memberOf(trio) !== '') return member;
    return undefined;
  });
}

describe('a standby that is asked to reconcile', () => {
  it('says at once that its driver does not run, or that its storage is not ready', async () => {
    const { trio } = await startThree();
    const elected = await trio.findReady();
    const standby = trio.members().find((member) => member !== elected);

    const implicit = await standby?.call('triggerImplicitTaskReconciliation');
    const explicit = await standby?.call('triggerExplicitTaskReconciliation', { settings: {} });

    expect(implicit).toMatchObject({ code: 'ERROR', messages: ['Driver is not running.'] });
    expect(explicit).toMatchObject({ code: 'ERROR_TRANSIENT', messages: ['Storage is not READY'] });
    expect(await standby?.vars()).toMatchObject({
      reconciliation_explicit_runs: 0,
      reconciliation_implicit_runs: 0,
    });
  });
});

describe('a door in front of a scheduler', () => {
  // Where the name of the host leads to from outside.
  const edgeIp = '127.0.0.2';

  it('stands at its port, so that a block keeps out whoever follows ZooKeeper', async () => {
    const lone = await startLoneScheduler({ clusterName: 'east' });
    stops.push(() => lone.close());
    const trafficFile = path.join(lone.directory, 'traffic');
    const door = await startEdge({
      listen: { host: edgeIp, port: lone.scheduler.httpPort },
      target: { host: '127.0.0.1', port: lone.scheduler.httpPort },
      trafficFile,
      lookEveryMs: 10,
    });
    stops.push(() => door.close());
    await untilLeading(lone);
    const member = lone.zookeeper.dump().find((node) => node.path.includes('/member_'));
    const { port } = (JSON.parse(member?.data ?? '') as { serviceEndpoint: { port: number } })
      .serviceEndpoint;
    const followed = `http://${edgeIp}:${port}`;

    const open = await callScheduler(followed, 'listBackups', {});
    setTraffic(trafficFile, 'blocked');
    // The door looks at the file every now and then.
    await until('the block', async () => {
      const { code } = await callScheduler(followed, 'listBackups', {});
      return code === 'no-reply';
    });
    const inside = await callScheduler(lone.url, 'listBackups', {});

    expect([open.code, inside.code]).toEqual(['OK', 'OK']);
  });
});

describe('a member node that a stranger has written', () => {
  it.each(['{"status":"ALIVE"}', 'null', '', '{"serviceEndpoint":{"port":8081}}'])(
    'with %j: every scheduler falls over it, past the redirect none',
    async (data) => {
      const { trio, stranger } = await startThree();
      await trio.findReady();

      await stranger.create(`${trioPaths.serverset}/member_0000009999`, { data });

      for (const { url, call } of trio.members()) {
        await until('the filter to see it', async () => (await fetch(`${url}/leaderhealth`)).status === 500);
        expect((await fetch(`${url}/api`, { method: 'POST' })).status).toBe(500);
        expect((await call('listBackups')).code).toBe('OK');
      }
    },
  );

  it('that is no JSON: it is passed over', async () => {
    const { trio, stranger } = await startThree(registering);
    const leader = await untilActive(trio);

    await stranger.create(`${trioPaths.serverset}/member_0000009999`, { data: 'no JSON' });
    await stranger.create(`${trioPaths.serverset}/member_0000009998`, { data: '{"serviceEndpoint":' });

    const statuses = async (): Promise<number[]> => {
      const asked = trio.members().map(async ({ url }) => (await fetch(`${url}/leaderhealth`)).status);
      return (await Promise.all(asked)).sort();
    };
    await until('the standbys to see the leader', async () => (await statuses()).join() === '200,503,503');
    expect((await fetch(`${leader.url}/leaderhealth`)).status).toBe(200);
  });
});

describe('credentials for ZooKeeper', () => {
  it('keep a stranger from taking the leader away, and let everybody read who leads', async () => {
    const { trio, stranger } = await startThree([...registering, '-zk_digest_credentials=aurora:secret']);
    await untilActive(trio);
    const node = `${trioPaths.serverset}/${memberOf(trio)}`;

    const refused = { code: -102 };
    await expect(stranger.set(node, 'theirs')).rejects.toMatchObject(refused);
    await expect(stranger.remove(node)).rejects.toMatchObject(refused);
    await expect(stranger.create(`${trioPaths.logGroup}/0000000099`)).rejects.toMatchObject(refused);
    expect((await stranger.get(node)).data).toContain('"status":"ALIVE"');
  });
});

describe('a leader whose election node is gone', () => {
  it('is told by the master that another one has its framework, and ends', async () => {
    const { trio, stranger } = await startThree(registering);
    const first = await untilActive(trio);

    await stranger.remove(`${trioPaths.serverset}/${electionNodes(trio)[0]}`);

    await until('the first one to end', () => first.exitCode() !== null);
    expect(first.said.some((line) => line.includes('Framework failed over'))).toBe(true);
    const others = trio.members().filter((member) => member !== first);
    await until('another one to lead', async () => {
      const active = await Promise.all(others.map((member) => stateOf(member, 'ACTIVE')));
      return active.filter(Boolean).length === 1;
    });
  });

  it('goes on beside the next one where no master tells them apart', async () => {
    const { trio, stranger } = await startThree();
    const first = await trio.findReady();

    await stranger.remove(`${trioPaths.serverset}/${electionNodes(trio)[0]}`);

    const second = await trio.findReady(first);
    expect(await stateOf(first, 'LEADER_AWAITING_REGISTRATION')).toBe(true);
    expect(await stateOf(second, 'LEADER_AWAITING_REGISTRATION')).toBe(true);
  });
});
