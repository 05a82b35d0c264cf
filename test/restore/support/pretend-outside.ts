/** ZooKeeper and the Mesos master of a pretend cluster, as the product asks them. */
import type { Clock } from '../../../src/aurora/clock.ts';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { Candidate, LeaderAnswer, LeaderFinder } from '../../../src/aurora/leader.ts';
import type { MesosMaster } from '../../../src/aurora/mesos.ts';
import type { Release } from '../../../src/aurora/releases.ts';
import { oneByOne } from '../../support/whole-list.ts';

/** What of a pretend cluster they ask. */
interface Outside {
  readonly clock: Clock;
  readonly zookeeperUp: boolean;
  readonly strays: ReadonlySet<'member' | 'election'>;
  readonly mesosUp: boolean;
  readonly recorded: { readonly candidates: readonly Candidate[] } | null;
  readonly release: Pick<Release, 'electionNodesNameHosts'>;
  readonly hosts: readonly {
    readonly name: string;
    readonly sequence: number | null;
    readonly service: 'running' | 'stopped';
    readonly logNodeUntil: number;
  }[];
  readonly live: ReadonlyMap<string, string>;
  readonly frameworks: ReadonlySet<string>;
  readonly connected: string | null;
  readonly disconnectedAt: number | null;
  readonly failoverTimeoutMs: number;
  look(): { readonly host: string | null; readonly registered: boolean };
}

const askingMs = 5;

/** Election nodes in their order, the member node of who has registered, and the replicas of the log. */
export function pretendZooKeeper(cluster: Outside): LeaderFinder {
  const unreachable = () =>
    new AuroraError({
      code: 'zookeeper-unreachable',
      message: 'No ZooKeeper server answers: zk-1:2181.',
      hint: 'Look at the ensemble.',
    });
  return {
    findLeader: () => {
      if (!cluster.zookeeperUp) return Promise.resolve({ kind: 'unreachable', error: unreachable() });
      if (cluster.recorded !== null) {
        return Promise.resolve({ kind: 'none', candidates: cluster.recorded.candidates });
      }
      const { host, registered } = cluster.look();
      const { electionNodesNameHosts } = cluster.release;
      const candidates = cluster.hosts
        .flatMap(({ name, sequence }) =>
          sequence === null
            ? []
            : [{ host: electionNodesNameHosts ? name : 'localhost', sequence, node: `_c_${sequence}` }],
        )
        .sort((a, b) => a.sequence - b.sequence);
      return Promise.resolve(
        withStrays(
          cluster.strays,
          host !== null && registered
            ? { kind: 'one', endpoint: { host, port: 8081 }, node: 'member_0', candidates }
            : { kind: 'none', candidates },
        ),
      );
    },
    listLogReplicas: () =>
      cluster.zookeeperUp
        ? Promise.resolve(
            cluster.hosts
              .filter((host) => host.service === 'running' || cluster.clock.now() < host.logNodeUntil)
              .map(({ name }) => ({ node: name, address: `log-replica(1)@${name}:8083` })),
          )
        : Promise.reject(unreachable()),
    watch: () => () => undefined,
    close: () => Promise.resolve(),
  };
}

type Seen = Extract<LeaderAnswer, { kind: 'one' | 'none' }>;

/** The same with what somebody else has written beside it. */
function withStrays(strays: Outside['strays'], seen: Seen): LeaderAnswer {
  const origin = (node: string) => ({
    path: `/aurora/east/scheduler/${node}`,
    createdAtMs: 0,
    createdZxid: 99,
    ephemeral: false,
  });
  const stray = { node: '_c_9-lock-0000000000', sequence: 0, host: 'nobody' };
  const candidates = strays.has('election')
    ? [{ ...stray, origin: origin(stray.node) }, ...seen.candidates]
    : seen.candidates;
  if (seen.kind === 'none' || !strays.has('member')) return { ...seen, candidates };
  const entries = [
    { node: seen.node, endpoint: seen.endpoint },
    { node: 'member_abc', endpoint: { host: 'aurora-9', port: 8081 } },
  ].map((member) => ({
    ...member,
    problem: null,
    effect: 'counted' as const,
    origin: origin(member.node),
  }));
  return { kind: 'several', members: entries, candidates, entries };
}

/** Live tasks and frameworks; brought up to the present first. */
export function pretendMesos(cluster: Outside): MesosMaster {
  const ask = async (): Promise<void> => {
    await cluster.clock.sleep(askingMs);
    if (!cluster.mesosUp) {
      throw new AuroraError({
        code: 'mesos-unreachable',
        message: 'No Mesos master answers: http://mesos-1:5050.',
        hint: 'Look at the masters.',
      });
    }
    cluster.look();
  };
  return {
    listLiveTasks: async (_frameworkId, consume) => {
      await ask();
      const live = [...cluster.live].map(([taskId, name]) => ({
        taskId,
        name,
        agentId: 'S1',
        state: 'TASK_RUNNING',
      }));
      return await consume(oneByOne(live));
    },
    listFrameworks: async () => {
      await ask();
      return [...cluster.frameworks].map((id) => ({
        frameworkId: id,
        name: 'Aurora',
        connected: id === cluster.connected,
        failoverTimeoutMs: cluster.failoverTimeoutMs,
        unregisteredAtMs: id === cluster.connected ? null : cluster.disconnectedAt,
      }));
    },
  };
}
