import { join, resolve } from 'node:path';
import { type LookedAt, lookAtModes } from '../agent/look-at-modes.ts';
import type { BotConfig } from './config.ts';
import type { LiveFinding } from './live-finding.ts';

/** What other accounts could do with the files of the bot; `path` is that of its configuration. */
export async function checkFiles(config: BotConfig, path: string): Promise<readonly LiveFinding[]> {
  const faults = await lookAtModes(filesOf(config, resolve(path)), process.geteuid?.() ?? 0);
  return faults.map((fault) => ({ cluster: null, hosts: [], name: 'files', verdict: 'refuse', ...fault }));
}

function filesOf({ state, grantKey, agentTls, clusters }: BotConfig, path: string): readonly LookedAt[] {
  return [
    { key: 'the configuration', path, use: 'trusted' },
    { key: 'grantKey', path: grantKey, use: 'secret' },
    { key: 'state', path: state, use: 'trusted' },
    ...['bot.sqlite', 'bot.sqlite-wal'].map((name) => secret('the database', join(state, name))),
    ...(agentTls === null
      ? []
      : [
          secret('agentTls.key', agentTls.key),
          { key: 'agentTls.cert', path: agentTls.cert, use: 'trusted' as const },
          { key: 'agentTls.ca', path: agentTls.ca, use: 'trusted' as const },
        ]),
    ...clusters.flatMap(({ zookeeper, mesos }) => [
      ...given('zookeeper.digestCredentials', zookeeper.digestCredentials),
      ...Object.entries(mesos.credentials ?? {}).map(([key, file]) =>
        secret(`mesos.credentials.${key}`, file),
      ),
      ...given('mesos.tls.key', mesos.tls?.key),
    ]),
  ];
}

function secret(key: string, path: string): LookedAt {
  return { key, path, use: 'secret' };
}

function given(key: string, path: string | null | undefined): readonly LookedAt[] {
  return path == null ? [] : [secret(key, path)];
}
