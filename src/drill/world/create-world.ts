/** A new drill on disk: the scene of its cluster, the configurations of bot and agents, and what it keeps. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { generateGrantKeys } from '../../agent/grant-signer.ts';
import { buildScene } from '../../pretend-aurora/scheduler/scene.ts';
import type { DrillHosts } from '../hosts/drill-hosts.ts';
import { makeKeyRing, pageOf, rosterOf } from '../signing/key-ring.ts';
import { botConfig, drillCluster } from './config-files.ts';
import { findFreePorts } from './ports.ts';
import { type Saved, writeSaved } from './saved.ts';
import type { WorldOptions } from './world-options.ts';

/** How fast the waits of the real world pass; the drill says so. */
export const timeScale = { msPerSecond: 100, msPerMinute: 60_000, msPerHour: 3_600_000 };
const sessions = { sessionTimeoutMs: 3_000, logSessionTimeoutMs: 2_000, deadlineMs: 5_000 };
export const standardRelease = '0.22.0';

/** Writes a new drill into its directory; nothing is started. */
export async function createWorld(options: WorldOptions, made: DrillHosts): Promise<Saved> {
  const { directory, auroraVersion = standardRelease, signing = 'none' } = options;
  const names = ['aurora-1', 'aurora-2', 'aurora-3'];
  const addresses = await made.findAddresses(names.length);
  const [zookeeper = 0, mesos = 0, slack = 0, bot = 0, page = 0] = await findFreePorts(5);
  const machine = made.machineAddress;
  const hosts = names.flatMap((name, index) => {
    const address = addresses[index];
    return address === undefined ? [] : [{ name, directory: join(directory, 'hosts', name), address }];
  });
  const ports = { zookeeper, mesos, slack: options.slackPort === 0 ? slack : options.slackPort, bot };
  const scene = buildScene({
    cluster: drillCluster,
    hosts: hosts.map(({ name, directory: hostDirectory, address }) => ({
      name,
      directory: hostDirectory,
      ...(made.installedAt !== null && { installedAt: made.installedAt }),
      ip: address.ip,
      httpPort: address.httpPort,
      libprocess: `${address.ip}:${address.libprocessPort}`,
    })),
    nowMs: options.clock.now(),
    seed: options.seed,
    zookeeper: `${machine}:${ports.zookeeper}`,
    mesos: {
      address: `zk://${machine}:${ports.zookeeper}/mesos/master`,
      url: `http://${machine}:${ports.mesos}`,
    },
    auroraVersion,
    time: timeScale,
    zookeeperTimeouts: sessions,
    lostLogs: options.lostLogs === true,
  });
  fs.writeFileSync(join(directory, 'mesos.json'), JSON.stringify(scene.mesos));
  const keys = generateGrantKeys();
  fs.mkdirSync(join(directory, 'bot'), { recursive: true });
  fs.writeFileSync(join(directory, 'bot', 'grant.pem'), keys.privateKeyPem, { mode: 0o600 });
  // In HTTP mode the page is served where Slack delivers.
  const pagePort = options.delivery === 'http' ? ports.bot : page;
  const roster = signing === 'none' ? null : rosterOf(directory);
  if (signing === 'keys') makeKeyRing(directory, pageOf(pagePort));
  for (const host of hosts) {
    await made.install(host, { publicKey: keys.publicKey, auroraVersion, roster });
  }
  fs.writeFileSync(
    join(directory, 'bot', 'bot.yml'),
    botConfig({
      auroraVersion,
      state: 'state',
      grantKey: 'grant.pem',
      agentTls: made.agentTls,
      hosts,
      zookeeper: `${machine}:${ports.zookeeper}`,
      mesosUrl: `http://${machine}:${ports.mesos}`,
      procedure: options.procedure,
      ...(roster !== null && { signing: { roster, pagePort } }),
      overrides: options.overrides,
      delivery: options.delivery === 'socket' ? { mode: 'socket' } : { mode: 'http', port: ports.bot },
    }),
  );
  const secret = (prefix: string): string => `${prefix}${randomBytes(18).toString('hex')}`;
  const saved: Saved = {
    kind: made.kind,
    signing,
    hosts,
    ports,
    tokens: { bot: secret('xoxb-drill-'), app: secret('xapp-drill-'), signingSecret: secret('') },
  };
  writeSaved(directory, saved);
  return saved;
}
