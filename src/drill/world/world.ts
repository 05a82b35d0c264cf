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

const savedSchema = z.object({
  hosts: z.array(
    z.object({
      name: z.string(),
      directory: z.string(),
      address: z.object({
        ip: z.string(),
        httpPort: z.number(),
        libprocessPort: z.number(),
        edgePort: z.number(),
        agentPort: z.number(),
      }),
    }),
  ),
  ports: z.object({ zookeeper: z.number(), mesos: z.number(), slack: z.number(), bot: z.number() }),
  tokens: z.object({ bot: z.string(), app: z.string(), signingSecret: z.string() }),
});
type Saved = z.infer<typeof savedSchema>;

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

function readSaved(directory: string): Saved | null {
  const file = join(directory, 'world.json');
  if (!fs.existsSync(file)) return null;
  try {
    return savedSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new AuroraError({
      code: 'drill-directory',
      message: `${file} is not a drill of this version.`,
      hint: 'Name another directory with --dir, or none for a new drill.',
      cause,
    });
  }
}

async function startSlack(options: WorldOptions, saved: Saved): Promise<LocalSlack> {
  const manifest = botManifest();
  return await startLocalSlack({
    port: saved.ports.slack,
    team: drillTeam,
    users: drillUsers,
    usergroups: [oncallGroup],
    channels: [incidentChannel, generalChannel],
    app: {
      appId: 'A0AURORA',
      name: manifest.name,
      botUserId,
      botToken: saved.tokens.bot,
      appToken: saved.tokens.app,
      signingSecret: saved.tokens.signingSecret,
      commands: manifest.commands,
      scopes: manifest.scopes,
      events: manifest.events,
    },
    delivery:
      options.delivery === 'socket'
        ? { kind: 'socket' }
        : { kind: 'http', url: `http://127.0.0.1:${saved.ports.bot}/slack/events` },
    clock: options.clock,
    stateDir: join(options.directory, 'slack'),
  });
}

const mainProgram = ({ nodeArguments = [] }: WorldOptions): string[] => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';
  const main = join(import.meta.dirname, '..', '..', 'cli', `main.${extension}`);
  return [process.execPath, ...nodeArguments, main];
};
/** Nothing of the caller's environment: what a service manager would give. */
const plainEnvironment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  TZ: 'UTC',
  HOME: process.env['HOME'] ?? '/',
});

async function startAgentProgram(options: WorldOptions, host: DrillHost): Promise<SupervisedProgram> {
  const url = `http://${host.address.ip}:${host.address.agentPort}/healthz`;
  return await supervise({
    name: `agent ${host.name}`,
    argv: [...mainProgram(options), 'agent', '--config', join(host.directory, 'agent.yml')],
    env: plainEnvironment(),
    logFile: join(options.directory, `${host.name}-agent.log`),
    untilReady: (signal) => untilAnswers(url, signal),
  });
}

async function startBotProgram(
  options: WorldOptions,
  { saved, slack }: { saved: Saved; slack: LocalSlack },
): Promise<SupervisedProgram> {
  const { directory, delivery } = options;
  return await supervise({
    name: 'bot',
    argv: [...mainProgram(options), 'bot', '--config', join(directory, 'bot', 'bot.yml')],
    env: {
      ...plainEnvironment(),
      SLACK_BOT_TOKEN: saved.tokens.bot,
      SLACK_APP_TOKEN: saved.tokens.app,
      SLACK_SIGNING_SECRET: saved.tokens.signingSecret,
      SLACK_API_URL: slack.apiUrl,
    },
    logFile: join(directory, 'bot.log'),
    untilReady: (signal) =>
      delivery === 'socket'
        ? untilConnected(slack, signal)
        : untilAnswers(`http://127.0.0.1:${saved.ports.bot}/`, signal),
  });
}

/** Any answer will do: the program listens. */
async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  await until(url, signal, async () => {
    await fetch(url, { signal: AbortSignal.timeout(2_000) }).then((response) => response.text());
    return true;
  });
}

async function untilConnected(slack: LocalSlack, signal: AbortSignal): Promise<void> {
  const feed = z.object({
    events: z.array(z.looseObject({ type: z.string(), open: z.number().optional() })),
  });
  await until('the bot to connect to the local Slack', signal, async () => {
    const response = await fetch(`${slack.url}/control/events?after=0&timeout_ms=500&types=connections`);
    return (feed.parse(await response.json()).events.at(-1)?.open ?? 0) > 0;
  });
}

async function untilLeader(hosts: readonly DrillHost[], clock: Clock): Promise<void> {
  await until('one of the schedulers to lead', new AbortController().signal, async () => {
    const answers = await Promise.all(
      hosts.map(({ address }) => saysItLeads(`http://${address.ip}:${address.httpPort}`)),
    );
    if (answers.includes(true)) return true;
    await clock.sleep(100);
    return false;
  });
}

/** By `/leaderhealth`, or by the lifecycle gauge where there is no such page. */
async function saysItLeads(url: string): Promise<boolean> {
  const ask = (page: string) => fetch(`${url}${page}`, { signal: AbortSignal.timeout(2_000) });
  try {
    const { status } = await ask('/leaderhealth');
    if (status !== 404) return status === 200;
    return /"scheduler_lifecycle_ACTIVE":1/.test(await (await ask('/vars.json')).text());
  } catch {
    return false;
  }
}

/** Looks until it is so; an exception counts as "not yet". */
async function until(what: string, signal: AbortSignal, look: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(startLimitMs);
  while (!signal.aborted) {
    if (await look().catch(() => false)) return;
    if (deadline.aborted) {
      throw new AuroraError({
        code: 'drill-does-not-start',
        message: `Waited a minute for ${what}, in vain.`,
        hint: "The logs in the drill's directory say more; is the machine very busy?",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
