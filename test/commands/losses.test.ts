/** What each backup would cost: for all that are shown, within a bound, and said where it is not known. */
import { describe, expect, it } from 'vitest';
import { estimateLosses } from '../../commands/losses.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { type InventoryItem, listInventory } from '../../src/backups/inventory.ts';
import { backupCraft } from '../../src/cli/backup-craft.ts';
import { eastAccess, unreachable } from '../slack/support/cluster.ts';

const deps = { craft: backupCraft, clock: systemClock };

/** The recorded whole backup, as so many of different content; every second one on aurora-3. */
async function wholeBackups(many: number): Promise<InventoryItem[]> {
  const { agents } = await eastAccess();
  const { items } = await listInventory(agents, { clock: systemClock, limitMs: 5_000 });
  const whole = items.find((item) => item.report.verdict === 'ok');
  if (whole === undefined) throw new Error('a whole backup is recorded');
  return Array.from({ length: many }, (_, index) => ({
    ...whole,
    sha256: `${index}`,
    copies: [{ host: `aurora-${2 + (index % 2)}`, name: whole.copies[0].name }],
  }));
}

describe('estimateLosses()', () => {
  it('answers for every sound backup that is shown', async () => {
    const items = await wholeBackups(12);

    const { losses, why } = await estimateLosses(deps, await eastAccess(), items);

    expect(losses.size).toBe(12);
    expect(
      new Set([...losses.values()].map(({ killed, rescheduled }) => `${killed}/${rescheduled}`)),
    ).toEqual(new Set(['3/4']));
    expect(why).toBeNull();
  });

  it('reads one backup at a time on each host', async () => {
    let most = 0;
    const access = await eastAccess();
    const agents = access.agents.map((agent): HostAgent => {
      let now = 0;
      return {
        ...agent,
        readBackupTasks: async function* (name) {
          now += 1;
          most = Math.max(most, now);
          yield* agent.readBackupTasks(name);
          now -= 1;
        },
      };
    });

    await estimateLosses(deps, { ...access, agents }, await wholeBackups(6));

    expect(most).toBe(1);
  });

  it('keeps what came in time, says why the others are not known, and stops reading', async () => {
    const access = await eastAccess();
    let closed = false;
    let stillReading = true;
    const agents = access.agents.map(
      (agent): HostAgent =>
        agent.host === 'aurora-3'
          ? {
              ...agent,
              readBackupTasks: async function* (name) {
                const [row] = await Array.fromAsync(agent.readBackupTasks(name));
                try {
                  while (row !== undefined && stillReading) {
                    await systemClock.sleep(5);
                    yield row;
                  }
                } finally {
                  closed = true;
                }
              },
            }
          : agent,
    );

    const { losses, why } = await estimateLosses(
      { ...deps, limitMs: 500 },
      { ...access, agents },
      await wholeBackups(4),
    );

    expect([...losses.keys()]).toEqual(['0', '2']);
    expect(why).toBe('it took longer than 0.5 s.');
    await expect.poll(() => closed).toBe(true);
    stillReading = false;
  });

  it('goes on with the others when one cannot be read, and says what stood in the way', async () => {
    const access = await eastAccess();
    const agents = access.agents.map(
      (agent): HostAgent => ({
        ...agent,
        readBackupTasks: (name) => {
          if (agent.host === 'aurora-3') throw unreachable('aurora-3');
          return agent.readBackupTasks(name);
        },
      }),
    );

    const { losses, why } = await estimateLosses(deps, { ...access, agents }, await wholeBackups(4));

    expect(losses.size).toBe(2);
    expect(why).toBe('The agent on aurora-3 does not answer.');
  });

  it('names the master when it does not say what runs, and another framework', async () => {
    const error = new AuroraError({ code: 'mesos', message: 'The Mesos master does not answer.', hint: '' });
    const mesos = { listLiveTasks: () => Promise.reject(error), listFrameworks: () => Promise.resolve([]) };
    const [first, second] = await wholeBackups(2);
    if (first === undefined || second === undefined) throw new Error('there are two');
    const foreign = { ...second, report: { ...second.report, frameworkId: 'another' } };

    const silent = await estimateLosses(deps, await eastAccess({ mesos }), [first]);
    const other = await estimateLosses(deps, await eastAccess(), [first, foreign]);

    expect(silent).toEqual({ losses: new Map(), why: 'The Mesos master does not answer.' });
    expect(other.losses.size).toBe(1);
    expect(other.why).toBe('one belongs to a different framework than the newest.');
  });
});
