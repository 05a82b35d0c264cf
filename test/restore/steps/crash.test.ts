/**
 * Design promise 4: the worker is dropped before and after each of its writes in turn, another one takes over, and the
 * restore ends as if nothing had happened, with the same operations, each performed once.
 */
import { describe, expect, it } from 'vitest';
import { approving, Mortality, openEngine, type People } from '../support/pretend-engine.ts';

interface Ending {
  readonly operations: readonly string[];
  readonly appends: number;
  readonly picture: unknown;
  readonly outcome: string | undefined;
  readonly mistakes: readonly string[];
}

/** Plays a story; with `dies` the first worker is dropped there and another one, of `heir`, is started. */
async function play(
  people: People,
  crash: { at: number; when: 'before' | 'after'; heir: string } | null,
): Promise<Ending> {
  const engine = await openEngine();
  try {
    const first = new Mortality(crash);
    await engine.propose();
    await engine.startWorker({ owner: 'bot', mortality: first });
    if (crash !== null) {
      await engine.until('the crash', (seen) => !first.isAlive || seen.ended !== null, people);
      await engine.startWorker({ owner: crash.heir });
    }
    const state = await engine.until('the end', (seen) => seen.ended !== null, people);
    return {
      operations: engine.effects.map((effect) => `${effect.operationId} ${effect.changed}`).sort(),
      appends: first.appends,
      picture: engine.cluster.picture(),
      outcome: state.ended?.outcome,
      mistakes: engine.mistakes,
    };
  } finally {
    await engine.close();
  }
}

describe('a worker that is dropped at each of its writes', () => {
  const stories: readonly (readonly [string, People])[] = [['a restore', approving]];

  it.each(stories)('%s ends the same, and nothing is done twice or left out', async (_name, people) => {
    const whole = await play(people, null);

    for (let at = 1; at <= whole.appends; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const heir = at % 2 === 0 ? 'bot' : 'another bot';

        const crashed = await play(people, { at, when, heir });

        expect({ at, when, ...crashed }).toEqual({ at, when, ...whole, appends: at });
      }
    }
  });
});
