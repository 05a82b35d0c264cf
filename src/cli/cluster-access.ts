/** Builds the ways to reach each configured cluster. */
import type { ClientTls } from '../agent/agent-http.ts';
import type { Clock } from '../aurora/clock.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { openLeaderFinder } from '../zookeeper/leader-finder.ts';
import { SharedSessions } from '../zookeeper/shared-sessions.ts';
import { openCertificates } from './certificates.ts';
import type { ConfiguredCluster } from './cluster-config.ts';
import { openHosts, readAgentTls } from './cluster-hosts.ts';
import type { BotConfig } from './config.ts';
import { openSecretFile } from './secret-file.ts';

const zookeeperDeadlineMs = 5_000;

/** Nothing is connected before the first question. AuroraError `config-invalid` when a file of certificates or credentials cannot be read. */
export function openClusters(
  config: Pick<BotConfig, 'agentTls' | 'clusters'>,
  clock: Clock,
): Map<string, ClusterAccess> {
  const tls = readAgentTls(config.agentTls);
  const sessions = new SharedSessions();
  return new Map(
    config.clusters.map((cluster) => [cluster.name, openCluster(cluster, { tls, clock, sessions })]),
  );
}

function openCluster(
  cluster: ConfiguredCluster,
  { tls, clock, sessions }: { tls: ClientTls | undefined; clock: Clock; sessions: SharedSessions },
): ClusterAccess {
  const { zookeeper, mesos } = cluster;
  const { mesosTls, ...hosts } = openHosts(cluster, { tls, clock });
  return {
    ...hosts,
    leader: openLeaderFinder({
      servers: zookeeper.servers,
      serversetPath: zookeeper.serversetPath,
      logGroupPath: zookeeper.logGroupPath,
      sessionTimeoutMs: zookeeper.sessionTimeoutMs,
      deadlineMs: zookeeperDeadlineMs,
      clock,
      digest: digestOf(zookeeper),
      credentials: zookeeper.digestCredentials,
      sessions,
    }),
    certificates: openCertificates({
      own: {
        ...(tls !== undefined && { agents: tls }),
        ...(mesosTls !== undefined && { 'Mesos masters': mesosTls }),
      },
      servers: [
        ...cluster.hosts.map(({ name: host, agent: url }) => ({
          name: 'the agent',
          host,
          url,
          own: tls ?? {},
        })),
        ...mesos.masters.map((url) => ({
          name: `the Mesos master at ${new URL(url).host}`,
          url,
          own: mesosTls ?? {},
        })),
      ],
      clock,
    }),
  };
}

function digestOf({
  digestCredentials: path,
}: ConfiguredCluster['zookeeper']): (() => Promise<string>) | undefined {
  return path === null
    ? undefined
    : openSecretFile({ key: 'zookeeper.digestCredentials', path, form: 'pair' });
}
