/** Builds the ways to reach each configured cluster. */
import { connectAgent } from '../agent/client.ts';
import type { Clock } from '../aurora/clock.ts';
import { openMesosMaster } from '../mesos/master.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { openLeaderFinder } from '../zookeeper/leader-finder.ts';
import type { BotConfig } from './config.ts';

/** One call to an agent that is not an operation; operations are waited for much longer. */
const readDeadlineMs = 30_000;
const zookeeperDeadlineMs = 5_000;
const mesosDeadlineMs = 30_000;

/** Nothing is connected before the first question. */
export function openClusters(config: BotConfig, clock: Clock): Map<string, ClusterAccess> {
  return new Map(
    config.clusters.map((cluster) => [
      cluster.name,
      {
        cluster,
        agents: cluster.hosts.map((host) =>
          connectAgent({ host: host.name, url: host.agent, deadlineMs: readDeadlineMs, clock }),
        ),
        leader: openLeaderFinder({
          servers: cluster.zookeeper.servers,
          serversetPath: cluster.zookeeper.serversetPath,
          logGroupPath: cluster.zookeeper.logGroupPath,
          sessionTimeoutMs: cluster.zookeeper.sessionTimeoutMs,
          deadlineMs: zookeeperDeadlineMs,
          clock,
        }),
        mesos: openMesosMaster({ masters: cluster.mesos.masters, deadlineMs: mesosDeadlineMs }),
      },
    ]),
  );
}
