/** ZooKeeper stands still for longer than sessions last while a scheduler is elected and has not registered (aurora.md 14 G, 16). */
import fs from 'node:fs';
import { hostPaths } from '../../pretend-aurora/host/host-dir.ts';
import { readStatus } from '../../pretend-aurora/host/scheduler-service.ts';
import { befallsPaths } from '../../pretend-aurora/scheduler/befalls.ts';
import type { Fault, FaultContext } from './fault.ts';
import { findElected, isElected, isRunning, readVars, releaseOfWorld, startAgain } from './schedulers.ts';

/** Longer than a usual session of a drill; those of `-zk_session_timeout=40secs`, before 0.19, are longer. */
const awayMs = 5_000;
const awayOfOldMs = 10_000;
const lookEveryMs = 50;
/** For what schedulers make of it. */
const settleMs = 20_000;

/** Steps at which somebody is elected, or will be, and nobody has registered. */
const whileUnregistered = [
  'find-elected',
  'stage-backup',
  'summarise-staged',
  'start-quorum',
  'read-old-state',
  'gate-commit',
  'commit',
  'verify-restored',
  'start-remaining',
];

export const twoElected: Fault = {
  name: 'two-elected',
  what: 'ZooKeeper stands still for longer than sessions last: the elected scheduler stays elected beside the next one, for good; before 0.20 it ends and is started again.',
  usually: 'gate-commit',
  onlyAt: whileUnregistered,
  hosts: 'processes',
  run: async (context) => {
    const { hosts } = context.world;
    const elected = await findElected(context);
    const { pid } = readStatus(elected.directory);
    const ends = releaseOfWorld(context.world).minor < 20;
    await takeZooKeeperAway(context);
    await until(context, async () => {
      const hasEnded = readStatus(elected.directory).pid !== pid;
      for (const host of hosts) if (!isRunning(host)) startAgain(host);
      const others = hosts.filter(({ name }) => name !== elected.name || hasEnded);
      return ends === hasEnded && (await Promise.all(others.map(isElected))).includes(true);
    });
    const both = await isElected(elected);
    return both
      ? `ZooKeeper stood still: ${elected.name} is elected still, and another one is elected too.`
      : `ZooKeeper stood still, and ${elected.name} is no longer elected.`;
  },
};

export const allDeadButRunning: Fault = {
  name: 'all-dead-but-running',
  what: 'ZooKeeper stands still for longer than sessions last: every scheduler gives up and closes its port, but its process stays, so that nobody starts it again.',
  usually: 'gate-commit',
  onlyAt: whileUnregistered,
  hosts: 'processes',
  releases: { from: 21 },
  run: async (context) => {
    await findElected(context);
    const { hosts } = context.world;
    const orders = hosts.map(({ directory }) => befallsPaths(hostPaths(directory).befalls).endsWithSession);
    const pids = hosts.map(({ directory }) => readStatus(directory).pid);
    try {
      for (const order of orders) fs.writeFileSync(order, '');
      await takeZooKeeperAway(context);
      await until(context, async () => {
        const left = await Promise.all(
          hosts.map(
            async (host, index) =>
              readStatus(host.directory).pid === pids[index] && (await readVars(host)) !== null,
          ),
        );
        return !left.includes(true);
      });
    } finally {
      for (const order of orders) fs.rmSync(order, { force: true });
    }
    return 'ZooKeeper stood still, every scheduler gave up and closed its port, but their processes stay.';
  },
};

async function takeZooKeeperAway(context: FaultContext): Promise<void> {
  const { world, clock, signal } = context;
  world.zookeeper.pause({ drop: true });
  try {
    await clock.sleep(releaseOfWorld(world).minor < 19 ? awayOfOldMs : awayMs, signal);
  } finally {
    world.zookeeper.resume({ sessionsOver: true });
  }
}

/** Somebody may undo it before all of it has come: then there is no more to wait for. */
async function until({ clock, signal }: FaultContext, isSo: () => Promise<boolean>): Promise<void> {
  const endsAt = clock.now() + settleMs;
  while (!signal.aborted && clock.now() < endsAt && !(await isSo())) await clock.sleep(lookEveryMs, signal);
}
