/**
 * The pretend world of a drill: ZooKeeper, the Mesos master and the local Slack in this process; three schedulers,
 * their agents and the unchanged bot as processes of their own. Everything lies in one directory, and a drill whose
 * hosts are processes continues where it was when it is started again on it.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../aurora/clock.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { timeText } from '../../aurora/time-text.ts';
import type { LocalSlack } from '../../local-slack/local-slack.ts';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { type SimulatedMesosMaster, startMesosMaster } from '../../pretend-aurora/mesos/master/server.ts';
import { startZooKeeperServer, type ZooKeeperServer } from '../../pretend-aurora/zookeeper/server.ts';
import type { DrillHost, HostKind, RunningHost } from '../hosts/drill-hosts.ts';
import { processHosts } from '../hosts/process-hosts.ts';
import { namespaceHosts } from '../namespaces/namespace-hosts.ts';
import { type KeyRing, openKeyRing } from '../signing/key-ring.ts';
import { createWorld, standardRelease } from './create-world.ts';
import { untilLeader, untilStuck } from './leader.ts';
import { startBotProgram } from './programs.ts';
import { readSaved, refuseOtherHosts, refuseOtherSigning } from './saved.ts';
import { endLeftovers, type SupervisedProgram } from './supervisor.ts';
import { startSlack } from './workspace.ts';
import type { WorldOptions } from './world-options.ts';

/** Sixty minutes to the first reconciliation, and thirty to the second, are then a few seconds. */
const shortMinuteMs = 250;

export interface DrillWorld {
  readonly directory: string;
  readonly clock: Clock;
  readonly slack: LocalSlack;
  readonly mesos: SimulatedMesosMaster;
  readonly zookeeper: ZooKeeperServer;
  readonly hostKind: HostKind;
  readonly hosts: readonly RunningHost[];
  /** What people sign with; `null` where nobody's signature is required. */
  readonly keys: KeyRing | null;
  /** `bot` and one `agent` a host; each is started again when it ends by itself. */
  readonly programs: readonly SupervisedProgram[];
  stop(): Promise<void>;
}

/** Builds the world, or takes up the one in the directory, and answers when the bot listens to Slack. */
export async function startWorld(options: WorldOptions): Promise<DrillWorld> {
  const { directory, clock, say, hosts: kind = 'processes', signing = 'none' } = options;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    fs.mkdirSync(directory, { recursive: true });
    const known = readSaved(directory);
    refuseOtherHosts(known, kind);
    refuseOtherSigning(known, signing);
    const hosts = await (kind === 'namespaces' ? namespaceHosts(options) : processHosts(options));
    // The last to go too: what this machine runs for the hosts may be bound to their network.
    stops.push(() => hosts.stop());
    const saved = known ?? (await createWorld(options, hosts));
    if (known !== null) {
      say('Taking up the drill in this directory where it was.');
      endLeftovers(directory);
    }

    const zookeeper = await startZooKeeperServer({
      host: hosts.machineAddress,
      port: saved.ports.zookeeper,
      clock,
      minSessionTimeoutMs: 500,
      maxSessionTimeoutMs: 40_000,
    });
    stops.push(() => zookeeper.close());
    const mesos = await startMesosMaster({
      host: hosts.machineAddress,
      port: saved.ports.mesos,
      stateFile: join(directory, 'mesos.json'),
    });
    stops.push(() => mesos.close());
    const slack = await startSlack(options, saved);
    stops.push(() => slack.close());

    say(
      options.lostLogs === true
        ? 'Starting three schedulers that have lost their replicated log: one is elected, and none can lead.'
        : 'Starting three schedulers; the first election takes a moment.',
    );
    stops.push(() => hosts.stop());
    const running = await hosts.start(saved.hosts, known === null);
    if (known === null) {
      if (options.lostLogs !== true) await untilLeader(saved.hosts, clock);
      shortenMinutes(options, saved.hosts);
    }

    say('Starting the host agents and the bot.');
    const agents = await hosts.startAgents(saved.hosts);
    const bot = await startBotProgram({ ...options, diesWithDrill: kind === 'namespaces' }, { saved, slack });
    stops.push(() => bot.stop());
    if (known === null && options.lostLogs === true) await untilStuck(saved.hosts, clock);
    const programs = [bot, ...agents];
    const keys = saved.signing === 'keys' ? openKeyRing(directory) : null;
    return {
      directory,
      clock,
      slack,
      mesos,
      zookeeper,
      hostKind: kind,
      hosts: running,
      keys,
      programs,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
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
    `Aurora ${auroraVersion} reconciles by its timers alone: from now on a minute of theirs takes ${timeText(shortMinuteMs)}.`,
  );
}
