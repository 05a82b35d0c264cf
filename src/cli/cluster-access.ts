/** Builds the ways to reach each configured cluster. */
import { readFileSync } from 'node:fs';
import type { ClientTls } from '../agent/agent-http.ts';
import { connectAgent } from '../agent/client.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { releaseOf } from '../aurora/releases.ts';
import { basicAuthorization, bearerAuthorization, type MesosAccess } from '../mesos/access.ts';
import { openMesosMaster } from '../mesos/master.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import { openLeaderFinder } from '../zookeeper/leader-finder.ts';
import { SharedSessions } from '../zookeeper/shared-sessions.ts';
import { openCertificates } from './certificates.ts';
import type { ConfiguredCluster } from './cluster-config.ts';
import type { BotConfig } from './config.ts';
import { openSecretFile } from './secret-file.ts';

/** One call to an agent that is not an operation; operations are waited for much longer. */
const readDeadlineMs = 30_000;
const zookeeperDeadlineMs = 5_000;
const mesosDeadlineMs = 30_000;

/** Nothing is connected before the first question. AuroraError `config-invalid` when a file of certificates or credentials cannot be read. */
export function openClusters(
  config: Pick<BotConfig, 'agentTls' | 'clusters'>,
  clock: Clock,
): Map<string, ClusterAccess> {
  const tls = config.agentTls === null ? undefined : readPems('agentTls', config.agentTls);
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
  const access = mesosAccessOf(mesos);
  const { sessionKey, protocol } = releaseOf(cluster.auroraVersion);
  return {
    cluster,
    agents: cluster.hosts.map((host) =>
      connectAgent({
        host: host.name,
        url: host.agent,
        deadlineMs: readDeadlineMs,
        clock,
        tls,
        sessionKey,
        protocol,
      }),
    ),
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
    mesos: openMesosMaster({ masters: mesos.masters, deadlineMs: mesosDeadlineMs, clock, access }),
    certificates: openCertificates({
      own: {
        ...(tls !== undefined && { agents: tls }),
        ...(access.tls !== undefined && { 'Mesos masters': access.tls }),
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
          own: access.tls ?? {},
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

function mesosAccessOf({ credentials, tls }: ConfiguredCluster['mesos']): MesosAccess {
  return {
    authorization: credentials === null ? undefined : authorizationOf(credentials),
    tls: tls === null ? undefined : readPems('mesos.tls', tls),
  };
}

function authorizationOf(
  credentials: NonNullable<ConfiguredCluster['mesos']['credentials']>,
): () => Promise<string> {
  const [file, toHeader] =
    'basic' in credentials
      ? [
          { key: 'mesos.credentials.basic', path: credentials.basic, form: 'pair' } as const,
          basicAuthorization,
        ]
      : [
          { key: 'mesos.credentials.bearer', path: credentials.bearer, form: 'token' } as const,
          bearerAuthorization,
        ];
  const read = openSecretFile(file);
  return async () => toHeader(await read());
}

/** The texts of PEM files that the configuration names below this key. */
function readPems<T extends Readonly<Record<string, string>>>(key: string, paths: T): T {
  const texts = Object.entries(paths).map(([name, path]) => {
    try {
      return [name, readFileSync(path, 'utf8')];
    } catch (cause) {
      throw new AuroraError({
        code: 'config-invalid',
        message: `The file of ${key}.${name} cannot be read: ${messageOf(cause)}`,
        hint: 'Name PEM files that the account of the bot may read; docs/configuration.md says what each one is.',
        cause,
      });
    }
  });
  return Object.fromEntries(texts) as T;
}
