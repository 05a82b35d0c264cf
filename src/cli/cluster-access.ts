/** Builds the ways to reach each configured cluster. */
import { readFileSync } from 'node:fs';
import type { ClientTls } from '../agent/agent-http.ts';
import { connectAgent } from '../agent/client.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { releaseOf } from '../aurora/releases.ts';
import { openMesosMaster } from '../mesos/master.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { openLeaderFinder } from '../zookeeper/leader-finder.ts';
import type { BotConfig } from './config.ts';

/** One call to an agent that is not an operation; operations are waited for much longer. */
const readDeadlineMs = 30_000;
const zookeeperDeadlineMs = 5_000;
const mesosDeadlineMs = 30_000;

/** Nothing is connected before the first question. AuroraError `config-invalid` when a file of `agentTls` cannot be read. */
export function openClusters(config: BotConfig, clock: Clock): Map<string, ClusterAccess> {
  const tls = config.agentTls === null ? undefined : readClientTls(config.agentTls);
  return new Map(
    config.clusters.map((cluster) => [
      cluster.name,
      {
        cluster,
        agents: cluster.hosts.map((host) =>
          connectAgent({
            host: host.name,
            url: host.agent,
            deadlineMs: readDeadlineMs,
            clock,
            tls,
            sessionKey: releaseOf(cluster.auroraVersion).sessionKey,
          }),
        ),
        leader: openLeaderFinder({
          servers: cluster.zookeeper.servers,
          serversetPath: cluster.zookeeper.serversetPath,
          logGroupPath: cluster.zookeeper.logGroupPath,
          sessionTimeoutMs: cluster.zookeeper.sessionTimeoutMs,
          deadlineMs: zookeeperDeadlineMs,
          clock,
        }),
        mesos: openMesosMaster({ masters: cluster.mesos.masters, deadlineMs: mesosDeadlineMs, clock }),
      },
    ]),
  );
}

function readClientTls(paths: NonNullable<BotConfig['agentTls']>): ClientTls {
  const read = (key: keyof ClientTls): string => {
    try {
      return readFileSync(paths[key], 'utf8');
    } catch (cause) {
      throw new AuroraError({
        code: 'config-invalid',
        message: `The file of agentTls.${key} cannot be read: ${messageOf(cause)}`,
        hint: 'docs/agent.md shows how to make the certificates of bot and agents.',
        cause,
      });
    }
  };
  return { ca: read('ca'), cert: read('cert'), key: read('key') };
}
