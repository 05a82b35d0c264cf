/**
 * The pretend world of a drill: ZooKeeper, the Mesos master and the local Slack in this process; three schedulers,
 * their agents and the unchanged bot as processes of their own. Everything lies in one directory, and a drill that is
 * started again on it goes on where it was.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { generateGrantKeys } from '../../agent/grant-signer.ts';
import type { Clock } from '../../aurora/clock.ts';
import type { Procedure } from '../../aurora/cluster.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { startEdge } from '../hosts/edge.ts';
import { hostPaths } from '../hosts/host-dir.ts';
import { readStatus, signalScheduler, startScheduler } from '../hosts/scheduler-service.ts';
import { type SimulatedMesosMaster, startMesosMaster } from '../mesos/master/server.ts';
import { buildScene } from '../scheduler/scene.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import { startZooKeeperServer, type ZooKeeperServer } from '../zookeeper/server.ts';
import { findHostAddresses } from './addresses.ts';
import {
  agentConfig,
  botConfig,
  type ConfigOverrides,
  type DrillHost,
  drillCluster,
  programOf,
} from './config-files.ts';
import { untilLeader } from './leader.ts';
import { findFreePorts } from './ports.ts';
import { startAgentProgram, startBotProgram } from './programs.ts';
import { readSaved, type Saved, writeSaved } from './saved.ts';
import { endLeftovers, type SupervisedProgram } from './supervisor.ts';
import { startSlack } from './workspace.ts';

/** How fast the waits of the real world pass; the drill says so. */
export const timeScale = { msPerSecond: 100, msPerMinute: 60_000, msPerHour: 3_600_000 };
const sessions = { sessionTimeoutMs: 3_000, logSessionTimeoutMs: 2_000, deadlineMs: 5_000 };
const standardRelease = '0.22.0';
/** Sixty minutes to the first reconciliation, and thirty to the second, are then a few seconds. */
const shortMinuteMs = 250;

export interface DrillWorld {
  readonly directory: string;
  readonly slack: LocalSlack;
  readonly mesos: SimulatedMesosMaster;
  readonly zookeeper: ZooKeeperServer;
  readonly hosts: readonly DrillHost[];
  /** `bot` and one `agent` a host; each is started again when it ends by itself. */
  readonly programs: readonly SupervisedProgram[];
  stop(): Promise<void>;
}

interface WorldOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly seed: string;
  /** 0 takes a free one. */
  readonly slackPort: number;
  readonly delivery: 'socket' | 'http';
  /** The release of Aurora that the pretend hosts run; 0.22.0 when absent. A drill that is taken up keeps its own. */
  readonly auroraVersion?: string | undefined;
  /** What the bot is configured to restore with; its standard one when absent. */
  readonly procedure?: Procedure | undefined;
  /** What the bot's configuration says otherwise than a drill's usual one. */
  readonly overrides?: ConfigOverrides | undefined;
  /** What the Node that runs the bot and the agents is given besides, such as a module that kills them. */
  readonly nodeArguments?: readonly string[] | undefined;
  /** One sentence a step, for whoever waits. */
  readonly say: (text: string) => void;
}

/** Builds the world, or takes up the one in the directory, and answers when the bot listens to Slack. */
export async function startWorld(options: WorldOptions): Promise<DrillWorld> {
  const { directory, clock, say } = options;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    fs.mkdirSync(directory, { recursive: true });
    const known = readSaved(directory);
    const saved = known ?? (await createWorld(options));
    if (known !== null) {
      say('Taking up the drill in this directory where it was.');
      endLeftovers(directory);
    }

    const zookeeper = await startZooKeeperServer({
      host: '127.0.0.1',
      port: saved.ports.zookeeper,
      clock,
      minSessionTimeoutMs: 500,
      maxSessionTimeoutMs: 40_000,
    });
    stops.push(() => zookeeper.close());
    const mesos = await startMesosMaster({
      host: '127.0.0.1',
      port: saved.ports.mesos,
      stateFile: join(directory, 'mesos.json'),
    });
    stops.push(() => mesos.close());
    const slack = await startSlack(options, saved);
    stops.push(() => slack.close());

    say('Starting three schedulers; the first election takes a moment.');
    for (const host of saved.hosts) {
      const paths = hostPaths(host.directory);
      const { ip, httpPort, edgePort } = host.address;
      const edge = await startEdge({
        listen: { host: ip, port: edgePort },
        target: { host: ip, port: httpPort },
        trafficFile: paths.traffic,
      });
      stops.push(() => edge.close());
      stops.push(() => signalScheduler(host.directory, { signal: 'SIGKILL', waitMs: 2_000 }));
      // ZooKeeper came back empty: whatever still runs has lost its session and is of no use.
      if (known !== null) await signalScheduler(host.directory, { signal: 'SIGKILL', waitMs: 2_000 });
      // A real service manager starts again what ended without being told to, with the machine or with a crash.
      if (known === null || fs.existsSync(paths.pid)) startScheduler(host.directory, programOf('scheduler'));
    }
    if (known === null) {
      await untilLeader(saved.hosts, clock);
      shortenMinutes(options, saved.hosts);
    }

    say('Starting the host agents and the bot.');
    const agents = await Promise.all(saved.hosts.map((host) => startAgentProgram(options, host)));
    stops.push(() => Promise.all(agents.map((agent) => agent.stop())));
    const bot = await startBotProgram(options, { saved, slack });
    stops.push(() => bot.stop());
    return { directory, slack, mesos, zookeeper, hosts: saved.hosts, programs: [bot, ...agents], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** True when the host's scheduler runs; for whoever compares the world before and after. */
export function isSchedulerRunning(host: DrillHost): boolean {
  return readStatus(host.directory).state === 'running';
}

/**
 * Where nobody can ask for a reconciliation it comes by its timer, an hour after a start. The story stands still until the
 * schedulers have read how long their minutes are; whoever starts after that has short ones.
 */
function shortenMinutes(
  { auroraVersion = standardRelease, say }: WorldOptions,
  hosts: readonly DrillHost[],
): void {
  if (releaseOf(auroraVersion).reconciliation === 'on-call') return;
  for (const host of hosts) {
    const file = hostPaths(host.directory).world;
    const world = JSON.parse(fs.readFileSync(file, 'utf8')) as { time: object };
    const time = { ...world.time, msPerMinute: shortMinuteMs };
    fs.writeFileSync(file, `${JSON.stringify({ ...world, time }, null, 2)}\n`);
  }
  say(
    `Aurora ${auroraVersion} reconciles by its timers alone: from now on a minute of theirs takes ${shortMinuteMs} ms.`,
  );
}

async function createWorld(options: WorldOptions): Promise<Saved> {
  const { directory, auroraVersion = standardRelease } = options;
  const names = ['aurora-1', 'aurora-2', 'aurora-3'];
  const addresses = await findHostAddresses(names.length, process.pid);
  const [zookeeper = 0, mesos = 0, slack = 0, bot = 0] = await findFreePorts(4);
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
      ip: address.ip,
      httpPort: address.httpPort,
      libprocess: `${address.ip}:${address.libprocessPort}`,
    })),
    nowMs: options.clock.now(),
    seed: options.seed,
    zookeeper: `127.0.0.1:${ports.zookeeper}`,
    mesos: {
      address: `zk://127.0.0.1:${ports.zookeeper}/mesos/master`,
      url: `http://127.0.0.1:${ports.mesos}`,
    },
    auroraVersion,
    time: timeScale,
    zookeeperTimeouts: sessions,
  });
  fs.writeFileSync(join(directory, 'mesos.json'), JSON.stringify(scene.mesos));
  const keys = generateGrantKeys();
  fs.mkdirSync(join(directory, 'bot'), { recursive: true });
  fs.writeFileSync(join(directory, 'bot', 'grant.pem'), keys.privateKeyPem, { mode: 0o600 });
  for (const host of hosts) {
    const config = agentConfig(host, { publicKey: keys.publicKey, auroraVersion });
    fs.writeFileSync(join(host.directory, 'agent.yml'), config);
  }
  fs.writeFileSync(
    join(directory, 'bot', 'bot.yml'),
    botConfig({
      auroraVersion,
      state: 'state',
      grantKey: 'grant.pem',
      hosts,
      zookeeper: `127.0.0.1:${ports.zookeeper}`,
      mesosUrl: `http://127.0.0.1:${ports.mesos}`,
      procedure: options.procedure,
      overrides: options.overrides,
      delivery: options.delivery === 'socket' ? { mode: 'socket' } : { mode: 'http', port: ports.bot },
    }),
  );
  const secret = (prefix: string): string => `${prefix}${randomBytes(18).toString('hex')}`;
  const saved: Saved = {
    hosts,
    ports,
    tokens: { bot: secret('xoxb-drill-'), app: secret('xapp-drill-'), signingSecret: secret('') },
  };
  writeSaved(directory, saved);
  return saved;
}
