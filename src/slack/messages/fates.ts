/** What becomes of every task that is restored, each counted once, so that the sum is all there is. */
import type { TaskFates } from '../../aurora/backups.ts';
import type { BlastSummary } from '../../restore/record/facts.ts';
import { count } from '../time.ts';

const words: readonly (readonly [keyof TaskFates, string])[] = [
  ['kept', 'kept'],
  ['killed', 'killed'],
  ['replaced', 'killed and started again'],
  ['startedAgain', 'started again'],
  ['waiting', 'waiting for a place, as they were'],
  ['ended', 'ended already'],
  ['neverStarted', 'never started (INIT), and nothing will start them'],
  ['unknown', 'of a status no scheduler knows'],
];

/** One sentence; empty for a journal of before they were counted. `holder` is what the tasks lie in. */
export function fatesText({ fates }: Pick<BlastSummary, 'fates'>, holder: string): string {
  if (fates === undefined) return '';
  const total = words.reduce((sum, [fate]) => sum + fates[fate], 0);
  const parts = words.flatMap(([fate, word]) => (fates[fate] === 0 ? [] : [`${fates[fate]} ${word}`]));
  return `*${count(total, 'task')} in all in ${holder}:* ${parts.join(', ')}.`;
}
