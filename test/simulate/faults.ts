/** What happens to everything around a restore, drawn from the seed: when, to whom, and for how long. Every fault heals. */
import type { Directory } from '../restore/support/office.ts';
import type { PretendCluster, PretendHost } from '../restore/support/pretend-cluster.ts';
import type { Crew } from './crew.ts';
import type { Network } from './network.ts';
import type { PretendSlack } from './pretend-slack.ts';
import type { Random } from './random.ts';

interface Surroundings {
  readonly cluster: PretendCluster;
  readonly crew: Crew;
  readonly network: Network;
  readonly slack: PretendSlack;
  readonly people: Directory;
  readonly random: Random;
  /** Nothing more needs to happen. */
  isOver(): boolean;
  /** The next one who presses anything aborts. */
  wantAbort(): void;
  /** One line for whoever reads how a run went. */
  tell(line: string): void;
}

/** Begins; what is returned ends it. */
type Fault = (around: Surroundings) => () => void;

const nothing = (): void => undefined;

const overtaken = 'worker dies while its request lingers, and somebody wants to abort';

const faults: Readonly<Record<string, Fault>> = {
  'bot is killed': ({ crew, random }) => {
    const what = random.pick(['dies-before', 'dies-after'] as const);
    random.pick(crew.bots).life.doom({ calls: random.between(1, 40), what });
    return nothing;
  },
  'bot freezes': ({ crew, random }) => {
    random.pick(crew.bots).life.doom({ calls: random.between(1, 40), what: 'freezes' });
    return nothing;
  },
  [overtaken]: ({ crew, network, random, wantAbort }) => {
    network.lingers = () => {
      crew.worker?.die();
      wantAbort();
      return random.between(45_000, 150_000);
    };
    return () => {
      network.lingers = null;
    };
  },
  "bot's clock steps": ({ crew, random }) => {
    const { life } = random.pick(crew.bots);
    life.clockAheadMs = random.between(-90_000, 90_000);
    return () => {
      life.clockAheadMs = 0;
    };
  },
  "bot's disk is full": ({ crew, random }) => {
    const { life } = random.pick(crew.bots);
    life.isDiskFull = true;
    return () => {
      life.isDiskFull = false;
    };
  },
  'agent is away': ({ cluster, random }) => {
    const host = random.pick(cluster.hosts);
    host.agentUp = false;
    return () => {
      host.agentUp = true;
    };
  },
  'network is bad': ({ network, random }) => {
    network.trouble = random.between(1, 6) / 10;
    return () => {
      network.trouble = 0;
    };
  },
  'ZooKeeper is away': ({ cluster, random }) => {
    cluster.zookeeperUp = false;
    const { host } = cluster.look();
    const loses = random.chance(0.5) && host !== null;
    return () => {
      cluster.zookeeperUp = true;
      // It slept through its session, and does not know that another one was elected.
      if (loses) restart(cluster, cluster.host(host));
    };
  },
  'leader moves': ({ cluster }) => {
    const { host } = cluster.look();
    if (host !== null) cluster.rejoin(cluster.host(host));
    return nothing;
  },
  'scheduler restarts': ({ cluster, random }) => {
    restart(cluster, random.pick(cluster.hosts));
    return nothing;
  },
  'scheduler dies': ({ cluster, random }) => {
    const host = random.pick(cluster.hosts);
    if (host.service === 'running') cluster.die(host);
    return () => {
      if (host.deaf) restart(cluster, host);
    };
  },
  'scheduler freezes': ({ cluster, random }) => {
    const host = random.pick(cluster.hosts);
    if (host.service === 'running') cluster.freeze(host);
    return () => {
      cluster.thaw(host);
      if (host.deaf) restart(cluster, host);
    };
  },
  'schedulers are busy': ({ cluster, random }) => {
    cluster.busyUntil = cluster.clock.now() + random.between(5_000, 60_000);
    cluster.busyWith = random.pick(['rpc-timeout', 'rpc-truncated']);
    return nothing;
  },
  'Mesos is away': ({ cluster, random }) => {
    cluster.mesosUp = false;
    return () => {
      cluster.mesosUp = true;
      cluster.masterForgets = random.between(0, 1);
    };
  },
  'Slack fails': ({ slack, random }) => {
    slack.mood = random.pick(['down', 'busy', 'broken', 'lost-answer']);
    return () => {
      slack.mood = 'up';
    };
  },
  'Slack knows nobody': ({ people }) => {
    people.up = false;
    return () => {
      people.up = true;
    };
  },
};

/** A worker that was overtaken is the hardest thing to meet by chance. */
const names = [...Object.keys(faults), ...Array<string>(4).fill(overtaken)];

/** Of a process whose service manager starts it again. */
function restart(cluster: PretendCluster, host: PretendHost): void {
  if (host.service !== 'running') return;
  cluster.stop(host);
  cluster.start(host);
}

/** Draws and plays them until `endsAt`; when it resolves, all are healed. */
export async function playFaults(around: Surroundings, endsAt: number): Promise<void> {
  const { random, tell, cluster, isOver } = around;
  const { clock } = cluster;
  // From a quiet night to one in which everything breaks.
  const pauseMs = random.pick([240_000, 120_000, 60_000, 30_000]);
  const healing: Promise<void>[] = [];
  for (;;) {
    const pause = random.between(1_000, 2 * pauseMs);
    if (clock.now() + pause >= endsAt) break;
    await clock.sleep(pause);
    if (isOver()) break;
    const name = random.pick(names);
    const lasts = Math.min(random.between(2_000, 150_000), endsAt - clock.now());
    tell(`${name}, ${Math.round(lasts / 1000)} s`);
    const heal = faults[name]?.(around) ?? nothing;
    healing.push(clock.sleep(lasts).then(heal));
  }
  await Promise.all(healing);
}
