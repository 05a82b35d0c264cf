/** A month of a cluster's life, and what its watch made of it. More of them: `npm run watch:month -- --seeds 100`. */
import { describe, expect, it } from 'vitest';
import { alarmKinds } from '../../src/watch/alarms/table.ts';
import { playMonth } from './month/play.ts';
import { dayMs } from './month/world.ts';

describe('a month of restarts, rotations, losses, clock changes, agents away and restores', () => {
  const told = new Set<string>();

  it.each([1, 2, 3])(
    'has what should be told told once, and nothing else: seed %i',
    async (seed) => {
      const month = await playMonth(seed);

      for (const [kind, times] of Object.entries(month.byKind)) if (times > 0) told.add(kind);
      expect(month.faults).toEqual([]);
      expect([month.right, month.met]).toEqual([month.told, month.due]);
      expect(month.due).toBeGreaterThan(20);
    },
    120_000,
  );

  it('has every kind of alarm in some of the months', () => {
    expect(alarmKinds.map(({ kind }) => kind).filter((kind) => !told.has(kind))).toEqual([]);
  });

  it.each([
    ['too early', { late: 1, silentMs: 0 }, 'told, and was not true'],
    ['too late', { late: 5, rotation: 1 }, 'never told'],
    [
      'a day too late of certificates',
      { certificateMs: 13 * dayMs },
      'The certificate of the agent: true for',
    ],
  ] as const)(
    'notices a watch that speaks %s',
    async (_when, policy, fault) => {
      const { faults } = await playMonth(2, { policy, days: 12 });

      expect(faults.filter((each) => each.includes(fault))).not.toEqual([]);
    },
    120_000,
  );
});
