/** The ways to the agents and the Mesos masters of a cluster: all that is needed to read its tasks. */
import { readFileSync } from 'node:fs';
import type { ClientTls } from '../agent/agent-http.ts';
import { connectAgent } from '../agent/client.ts';
import { faultOfPair } from '../agent/tls-words.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { releaseOf } from '../aurora/releases.ts';
import { basicAuthorization, bearerAuthorization, type MesosAccess } from '../mesos/access.ts';
import { openMesosMaster } from '../mesos/master.ts';
import type { ClusterAccess } from '../restore/ports.ts';
import type { ConfiguredCluster } from './cluster-config.ts';
import type { BotConfig } from './config.ts';
import { openSecretFile } from './secret-file.ts';

/** One call to an agent that is not an operation; operations are waited for much longer. */
const readDeadlineMs = 30_000;
const mesosDeadlineMs = 30_000;

interface ClusterHosts extends Pick<ClusterAccess, 'cluster' | 'agents' | 'mesos'> {
  /** Of the connections to the masters. */
  readonly mesosTls: MesosAccess['tls'];
}

/** Nothing is connected before the first question. AuroraError `config-invalid` when a file of certificates cannot be read. */
export function openHosts(
  cluster: ConfiguredCluster,
  { tls, clock }: { tls: ClientTls | undefined; clock: Clock },
): ClusterHosts {
  const access = mesosAccessOf(cluster.mesos);
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
    mesos: openMesosMaster({ masters: cluster.mesos.masters, deadlineMs: mesosDeadlineMs, clock, access }),
    mesosTls: access.tls,
  };
}

/** By which bot and agents know one another. AuroraError `config-invalid` as well when certificate and key are not a client's pair. */
export function readAgentTls(files: BotConfig['agentTls']): ClientTls | undefined {
  if (files === null) return undefined;
  const texts = readPems('agentTls', files);
  const fault = faultOfPair(texts, { key: 'agentTls', use: 'client' });
  if (fault !== null) throw new AuroraError({ code: 'config-invalid', ...fault });
  return texts;
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
