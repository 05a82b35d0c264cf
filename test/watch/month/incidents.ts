/** What befalls the cluster. Each begins, may do something every minute, and ends; what is true meanwhile is read off the world. */
import type { Random } from './random.ts';
import { dayMs, minuteMs, type World } from './world.ts';

export interface Incident {
  readonly name: string;
  readonly lastsMs: number;
  begin(world: World): void;
  minute?(world: World, sinceMs: number): void;
  /** It is over before its time. */
  isOver?(world: World): boolean;
  end(world: World): void;
  /** The leader stays where it is meanwhile. */
  readonly stays?: true;
}

type Maker = (random: Random) => Incident;

const hours = (random: Random, least: number, most: number): number =>
  random.between(least * 60, most * 60) * minuteMs;
const minutes = (random: Random, least: number, most: number): number =>
  random.between(least, most) * minuteMs;

export const incidents: readonly Maker[] = [
  (random) => ({
    name: 'writing fails',
    lastsMs: hours(random, 4, 8),
    begin: (world) => {
      world.writes = 'none';
    },
    end: (world) => {
      world.writes = 'whole';
    },
  }),
  (random) => ({
    name: 'some backups are cut',
    lastsMs: hours(random, 1, 4),
    begin: (world) => {
      world.writes = 'broken';
    },
    end: (world) => {
      world.writes = 'whole';
    },
  }),
  (random) => ({
    name: 'the storage is empty',
    lastsMs: hours(random, 2, 5),
    begin: (world) => {
      world.tasks = 0;
    },
    end: (world) => {
      world.tasks = 120;
    },
  }),
  (random) => ({
    name: 'many tasks are lost',
    lastsMs: hours(random, 2, 5),
    begin: (world) => {
      world.tasks = Math.floor((world.tasks * random.between(10, 40)) / 100);
    },
    end: (world) => {
      world.tasks = 120;
    },
  }),
  (random) => ({
    name: 'a few tasks are lost',
    lastsMs: hours(random, 2, 5),
    begin: (world) => {
      world.tasks = Math.floor((world.tasks * random.between(65, 80)) / 100);
    },
    end: (world) => {
      world.tasks = 120;
    },
  }),
  (random) => ({
    name: "somebody copies another cluster's backup there",
    lastsMs: hours(random, 2, 3),
    begin: (world) =>
      world.put(random.between(0, 2), { frameworkId: 'framework-other', atMs: world.now - minuteMs }),
    end: () => undefined,
  }),
  (random) => {
    const every = random.between(12, 45) * minuteMs;
    return {
      name: 'the leader restarts again and again',
      lastsMs: hours(random, 4, 8),
      begin: () => undefined,
      minute: (world, sinceMs) => {
        if (sinceMs % every === 0) world.lead(random.between(0, 2));
      },
      end: () => undefined,
    };
  },
  (random) => ({
    name: 'nobody leads',
    lastsMs: minutes(random, 15, 150),
    begin: (world) => world.stopLeading(),
    end: (world) => world.lead(random.between(0, 2)),
  }),
  (random) => ({
    name: 'an election takes long',
    lastsMs: minutes(random, 1, 3),
    begin: (world) => world.stopLeading(),
    end: (world) => world.lead(random.between(0, 2)),
  }),
  (random) => ({
    name: 'two hosts are down',
    lastsMs: minutes(random, 20, 150),
    begin: (world) => {
      world.stopLeading();
      for (const index of [0, 1]) world.host(index).up = false;
    },
    end: (world) => {
      for (const index of [0, 1]) {
        world.host(index).up = true;
        world.host(index).startedAtMs = world.now;
      }
      world.lead(2);
    },
  }),
  (random) => ({
    name: 'the framework is disconnected',
    lastsMs: minutes(random, 20, 120),
    begin: (world) => world.disconnect(),
    end: (world) => {
      world.connected = true;
      world.unregisteredAtMs = null;
    },
  }),
  (random) => {
    const index = random.between(0, 2);
    return {
      name: 'a host is out of sight',
      lastsMs: hours(random, 1, 9),
      begin: (world) => {
        world.host(index).agent = false;
      },
      end: (world) => {
        world.host(index).agent = true;
      },
    };
  },
  (random) => ({
    name: 'all hosts are out of sight',
    lastsMs: minutes(random, 30, 200),
    begin: (world) => {
      for (const host of world.hosts) host.agent = false;
    },
    end: (world) => {
      for (const host of world.hosts) host.agent = true;
    },
  }),
  (random) => {
    const index = random.between(0, 2);
    const skewMs = random.between(3, 90) * minuteMs * (random.chance(0.5) ? 1 : -1);
    return {
      name: 'a clock is changed',
      lastsMs: hours(random, 2, 6),
      begin: (world) => {
        world.host(index).skewMs = skewMs;
      },
      end: (world) => {
        world.host(index).skewMs = 0;
      },
    };
  },
  (random) => {
    const index = random.between(0, 2);
    return {
      name: 'a flag file is changed on one host',
      lastsMs: hours(random, 1, 5),
      begin: (world) => {
        world.host(index).quorumFlag = '1';
      },
      end: (world) => {
        world.host(index).quorumFlag = '2';
      },
    };
  },
  (random) => ({
    name: 'two schedulers act as leader',
    lastsMs: hours(random, 5, 7),
    stays: true,
    begin: (world) => {
      world.secondWriter = ((world.leader ?? 0) + 1) % 3;
    },
    end: (world) => {
      world.secondWriter = null;
    },
  }),
  (random) => {
    const keeps = random.between(1, 5);
    return {
      name: 'a day of broken backups',
      lastsMs: 3 * dayMs,
      stays: true,
      begin: (world) => {
        world.writes = 'broken';
      },
      isOver: (world) => {
        const good = world.written.findLast(({ whole }) => whole);
        return good === undefined || world.leftBefore(good, good.host) <= keeps;
      },
      end: (world) => {
        world.writes = 'whole';
      },
    };
  },
  (random) => ({
    name: 'all backups are deleted',
    lastsMs: hours(random, 1, 2),
    begin: (world) => world.deleteAll(),
    end: () => undefined,
  }),
  (random) => {
    const index = random.between(0, 2);
    const fillMs = hours(random, 16, 30);
    return {
      name: 'a disk fills',
      lastsMs: fillMs + hours(random, 1, 3),
      begin: () => undefined,
      minute: (world) => {
        const host = world.host(index);
        host.freeBytes = Math.max(0.3e9, host.freeBytes - 200e9 / (fillMs / minuteMs));
      },
      end: (world) => {
        world.host(index).freeBytes = 200e9;
      },
    };
  },
  (random) => {
    const index = random.between(0, 2);
    return {
      name: 'a certificate nears its end',
      // At the border: over before a watch that speaks a day later would have told it.
      lastsMs: hours(random, 12, 24),
      begin: (world) => {
        world.host(index).certificateEndsMs = world.now + 14 * dayMs + 120 * minuteMs;
      },
      end: (world) => {
        world.host(index).certificateEndsMs = world.now + 400 * dayMs;
      },
    };
  },
  (random) => ({
    name: 'ZooKeeper is away',
    lastsMs: minutes(random, 40, 120),
    begin: (world) => {
      world.zookeeper = false;
    },
    end: (world) => {
      world.zookeeper = true;
    },
  }),
  (random) => ({
    name: 'Mesos is away',
    lastsMs: minutes(random, 40, 120),
    begin: (world) => {
      world.mesos = false;
    },
    end: (world) => {
      world.mesos = true;
    },
  }),
  (random) => ({
    name: 'a scheduler does not take what was proven to it',
    lastsMs: hours(random, 5, 20),
    begin: (world) => {
      world.proofs = [...world.proofs, proof(world, 'refuted')];
    },
    end: (world) => {
      world.proofs = [...world.proofs, proof(world, 'proven')];
    },
  }),
  ...[1, 2, 3].map(
    (): Maker => (random) => ({
      name: 'a restore',
      lastsMs: hours(random, 1, 4),
      begin: (world) => {
        world.restoring = true;
        world.stopLeading();
        for (const host of world.hosts) host.up = false;
      },
      end: (world) => {
        world.restoring = false;
        world.restoredAtMs = world.now;
        for (const host of world.hosts) {
          host.up = true;
          host.startedAtMs = world.now;
        }
        world.lead(random.between(0, 2));
      },
    }),
  ),
];

export function proof(world: World, verdict: 'proven' | 'refuted') {
  return {
    sha256: 'ab'.repeat(32),
    atMs: world.now,
    tookMs: 6_000,
    auroraVersion: '0.22.0',
    way: 'staged' as const,
    verdict,
    says: 'It showed other tasks than the file has.',
    tasks: 9,
  };
}
