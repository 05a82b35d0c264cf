/** Numbers that look random and are the same for the same seed (mulberry32). */
export interface Random {
  /** A whole number of `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(share: number): boolean;
  shuffled<T>(all: readonly T[]): T[];
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (share) => next() < share,
    shuffled: (all) => {
      const left = [...all];
      for (let index = left.length - 1; index > 0; index -= 1) {
        const other = Math.floor(next() * (index + 1));
        [left[index], left[other]] = [
          left[other] as (typeof left)[number],
          left[index] as (typeof left)[number],
        ];
      }
      return left;
    },
  };
}
