/** What became of many runs, and how one that went wrong is played again. */
import type { Defect } from './defects.ts';
import type { Played } from './play.ts';
import { promises } from './witness.ts';

interface Tally {
  runs: number;
  completed: number;
  undone: number;
  /** Not in the line for machines: people were waited for, and the card said so. */
  waits: number;
  stuck: number;
  doubleCommits: number;
  unsignedCommits: number;
  lost: number;
  repeated: number;
}

export function emptyTally(): Tally {
  const ends = { runs: 0, completed: 0, undone: 0, waits: 0, stuck: 0 };
  return { ...ends, doubleCommits: 0, unsignedCommits: 0, lost: 0, repeated: 0 };
}

export function count(tally: Tally, played: Played): void {
  tally.runs += 1;
  tally[played.ending] += 1;
  for (const promise of promises)
    tally[promise] += played.broken.filter((broken) => broken.promise === promise).length;
}

export function isClean({ ending, broken }: Pick<Played, 'ending' | 'broken'>): boolean {
  return ending !== 'stuck' && broken.length === 0;
}

/** One line that plays it again, and what it showed. */
export function howToPlayAgain(played: Played, defect: Defect | null): string {
  const what = played.broken[0]?.what ?? 'it does not end';
  const with_ = defect === null ? '' : ` --defect ${defect}`;
  return `npm run simulate -- --seed ${played.seed} --runs 1${with_}   # ${what}`;
}

export function jsonLine({ waits: _waits, ...tally }: Tally): string {
  return JSON.stringify(tally);
}

export function sayTally(tally: Tally): string {
  const broken = promises.map((promise) => `${tally[promise]} ${promise}`).join(', ');
  return `${tally.runs} runs: ${tally.completed} completed, ${tally.undone} undone, ${tally.waits} wait for people, ${tally.stuck} stuck; ${broken}.`;
}
