/** A card says as of when it tells of a wait: one that grows old is the sign of a bot that is dead. */
import { expect, it } from 'vitest';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { recordsOf, staged, statesOf } from '../support/whole-story.ts';

const running = statesOf(recordsOf(staged.slice(0, -3))).at(-1);
const progressAt = Date.UTC(2026, 10, 23, 20, 41, 3);

function cardOf(wait: { progress: string | null; progressAt?: number | null }): string {
  if (running === undefined) throw new Error('a story has events');
  return JSON.stringify(renderCard({ state: running, ...wait }).blocks);
}

it('tells the second at which the wait was last heard of', () => {
  const text = cardOf({ progress: 'Waiting for storage: 12 s of 2 min', progressAt });

  expect(text).toMatch(
    /Waiting for storage: 12 s of 2 min\* · as of <!date\^\d+\^\{time_secs\}\|20:41:03 UTC>/,
  );
});

it.each([
  ['nothing is waited for', { progress: null, progressAt }],
  ['nobody knows when', { progress: 'Waiting for storage', progressAt: null }],
])('says no time when %s', (_what, wait) => {
  expect(cardOf(wait)).not.toContain('as of');
});
