/** Why a restore ended: whole where there is room, else its beginning, and the rest in a file of the thread. */
import type { RestoreState } from '../../restore/record/state.ts';
import { plain, sentence } from '../escape.ts';

/** A proposal that is refused for several things says all of them, as far as a card has room. */
const shownMax = 2_000;
const fileMax = 100_000;

/** The words of the end, and where the rest is when they are cut. */
export function whyEnded({ ended }: RestoreState): string {
  const words = ended?.message ?? '';
  if (words === '') return '';
  return isTooLong(words)
    ? `${sentence(words, shownMax)} *There is more: all of it is in a file in the thread.*`
    : sentence(words, shownMax);
}

/** Whether a reader of the card does not see all of it. */
export function isWhyEndedCut({ ended }: RestoreState): boolean {
  return isTooLong(ended?.message ?? '');
}

function isTooLong(words: string): boolean {
  return plain(words, fileMax).length > shownMax;
}

/** All of it, one thing a line. */
export function whyEndedFile(words: string): string {
  return `${plain(words, fileMax).replace(/ (?=\(\d+\) )/g, '\n')}\n`;
}
