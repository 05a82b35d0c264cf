import { distance } from 'fastest-levenshtein';

/** Longer words are no slip of a finger, and cost time. */
const charsMax = 100;

/**
 * The names that a word may have been meant as, likeliest first: those it is the beginning of, and those a slip or two away. For
 * asking back only: nothing is ever done to what was guessed.
 */
export function nearestOf<T extends string>(word: string, names: Iterable<T>): T[] {
  const typed = word.toLowerCase();
  if (typed.length < 2 || typed.length > charsMax) return [];
  const slips = typed.length < 4 ? 1 : 2;
  return [...names]
    .map((name) => ({ name, far: farness(typed, name.toLowerCase()) }))
    .filter(({ far }) => far <= slips)
    .sort((a, b) => a.far - b.far)
    .map(({ name }) => name);
}

/** Letters to change, add or take away. */
function farness(typed: string, name: string): number {
  if (name.startsWith(typed)) return 0;
  return Math.abs(name.length - typed.length) > 2 ? Number.POSITIVE_INFINITY : distance(typed, name);
}
