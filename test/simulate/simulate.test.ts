import { describe, expect, it } from 'vitest';
import { type Defect, defects } from './defects.ts';
import { play } from './play.ts';
import { howToPlayAgain, isClean } from './report.ts';

/** So many runs are enough to meet each mistake: most need a commit, or a worker that dies, at the right moment. */
const mistakes = { from: 12, runsMax: 20 };

const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);

// Runs compute and wait for nothing: a loaded machine needs its time.
describe('a simulated restore', { timeout: 240_000 }, () => {
  it('keeps all promises, whatever fails around it', async () => {
    const wrong: string[] = [];

    for (const seed of seedsFrom(1, 12)) {
      const played = await play(seed);
      if (!isClean(played)) wrong.push(howToPlayAgain(played, null));
    }

    expect(wrong).toEqual([]);
  });

  it('is the same for the same seed, to the last line', async () => {
    const [one, again, other] = [await play(5), await play(5), await play(6)];

    expect(again.trace).toEqual(one.trace);
    expect(other.traceSha256).not.toBe(one.traceSha256);
  });

  it.each(Object.keys(defects) as Defect[])('shows the mistake %s', async (defect) => {
    const caught: string[] = [];

    for (const seed of seedsFrom(mistakes.from, mistakes.runsMax)) {
      const played = await play(seed, defect);
      if (!isClean(played)) caught.push(howToPlayAgain(played, defect));
      if (caught.length > 0) break;
    }

    expect(caught).toHaveLength(1);
  });
});
