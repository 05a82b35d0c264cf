/** What a backup would cost is worked out once for all who ask, and again only when it may have become another thing. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createLossEstimates, type LossEstimates } from '../../commands/shared-losses.ts';
import { tasksVersion } from '../../commands/tasks-version.ts';
import type { LiveTask } from '../../src/aurora/mesos.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type InventoryItem, listInventory } from '../../src/backups/inventory.ts';
import { backupCraft } from '../../src/cli/backup-craft.ts';
import type { ClusterAccess } from '../../src/restore/ports.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { eastAccess } from '../slack/support/cluster.ts';

let access: ClusterAccess;
let items: readonly InventoryItem[];
let clock: FakeClock;
let live: readonly LiveTask[];
let read: string[];
let losses: LossEstimates;
beforeEach(async () => {
  const east = await eastAccess();
  live = await east.mesos.listLiveTasks('', (tasks) => Array.fromAsync(tasks));
  read = [];
  access = {
    ...east,
    mesos: { ...east.mesos, listLiveTasks: (_frameworkId, consume) => consume(oneByOne(live)) },
    agents: east.agents.map((agent) => ({
      ...agent,
      readBackupTasks: (name) => {
        read.push(agent.host);
        return agent.readBackupTasks(name);
      },
    })),
  };
  ({ items } = await listInventory(access.agents, { clock: systemClock, limitMs: 5_000 }));
  clock = new FakeClock(1_000_000);
  losses = createLossEstimates({ craft: backupCraft, clock });
});

async function* oneByOne(tasks: readonly LiveTask[]): AsyncGenerator<LiveTask> {
  yield* tasks;
}

const whole = (): readonly InventoryItem[] => items.filter(({ report }) => report.verdict === 'ok');
const estimate = () => losses.begin(access, whole()).done;

describe('createLossEstimates()', () => {
  it('works it out once for two who ask at once, and tells the next one at once', async () => {
    const both = await Promise.all([estimate(), estimate()]);
    const next = losses.begin(access, whole());

    expect(both[0]).toEqual(both[1]);
    expect(next.known()).toEqual(both[0].losses);
    expect([...next.known().values()]).toEqual([{ killed: 3, rescheduled: 4 }]);
    expect(read).toHaveLength(1);
  });

  it('reads no backup again while the same tasks run, however much later', async () => {
    await estimate();
    clock.pass(3_600_000);
    live = live.toReversed();

    const early = losses.begin(access, whole()).known();
    const later = await estimate();

    expect(early.size).toBe(0);
    expect([...later.losses.values()]).toEqual([{ killed: 3, rescheduled: 4 }]);
    expect(read).toHaveLength(1);
  });

  it('reads it again when other tasks run, a minute later', async () => {
    await estimate();
    live = live.slice(1);
    clock.pass(59_000);
    await estimate();
    const fresh = read.length;
    clock.pass(2_000);
    await estimate();

    expect([fresh, read.length]).toEqual([1, 2]);
  });

  it('keeps nothing of what could not be worked out', async () => {
    const { mesos } = access;
    const listLiveTasks = () => Promise.reject(new TypeError('our own mistake'));
    access = { ...access, mesos: { ...mesos, listLiveTasks } };
    await expect(estimate()).rejects.toThrow('our own mistake');
    access = { ...access, mesos };

    expect((await estimate()).losses.size).toBe(1);
  });

  it('is asked about a backup that no host of now has, and does not say that it costs nothing', async () => {
    const [item] = whole();
    if (item === undefined) throw new Error('a whole backup is recorded');
    const [copy] = item.copies;
    const gone = { ...item, copies: [{ ...copy, asOfMs: 1 }] as const };

    const { losses: known, why } = await losses.begin(access, [gone]).done;

    expect([known.size, why]).toEqual([0, 'its host does not answer.']);
  });
});

describe('tasksVersion()', () => {
  it('is the same in any order, and another one for any other set', async () => {
    const tasks = Array.from({ length: 50_000 }, (_, index) => ({ taskId: `www-prod-web-${index}` }));
    const version = await tasksVersion(tasks);

    expect(await tasksVersion(tasks.toReversed())).toBe(version);
    for (const others of [
      tasks.slice(1),
      [...tasks, ...tasks.slice(0, 1)],
      [...tasks.slice(1), { taskId: 'x' }],
    ])
      expect(await tasksVersion(others)).not.toBe(version);
  });
});
