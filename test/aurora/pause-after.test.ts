import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../src/aurora/ask-again.ts';

describe('pauseAfter()', () => {
  const pace = { everyMs: 1_000, longestMs: 10_000 };

  it('doubles with each silence in a row, up to the longest, a fifth more or less', () => {
    for (const [silences, ms] of [
      [0, 1_000],
      [1, 1_000],
      [2, 2_000],
      [4, 8_000],
      [5, 10_000],
      [10_000, 10_000],
    ] as const) {
      const pause = pauseAfter(silences, { ...pace, about: `R1 ${silences}` });
      expect(pause).toBeGreaterThanOrEqual(0.8 * ms);
      expect(pause).toBeLessThanOrEqual(1.2 * ms);
    }
  });

  it('stays as it is without one, and differs from one asker to the next, but not from one rehearsal to the next', () => {
    const pauses = Array.from({ length: 50 }, (_, n) => pauseAfter(9, { about: `R${n}`, everyMs: 1_000 }));

    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_200);
    expect(new Set(pauses).size).toBeGreaterThan(20);
    expect(pauseAfter(9, { about: 'R7', everyMs: 1_000 })).toBe(pauses[7]);
  });
});
