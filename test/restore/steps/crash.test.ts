/**
 * Design promise 4: workers are dropped before and after each of their writes, others take over, and the restore ends as
 * if nothing had happened, with the same operations, each performed once.
 *
 * A story is played again and again. In the n-th play a worker is dropped at the n-th write of every step, gate and
 * decision, so that all plays together have dropped one at each write there is.
 */
import { describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { dee } from '../support/office.ts';
import { approving, type Death, Mortality, openEngine, type People } from '../support/pretend-engine.ts';
import { bo, cy } from '../support/story.ts';

type When = 'before' | 'after';

/** What a write is about: the step it belongs to, or the decision. */
function placeOf(event: RestoreEvent): string {
  switch (event.type) {
    case 'step-started':
    case 'step-completed':
    case 'step-failed':
    case 'operation-requested':
      return event.step;
    case 'operation-finished':
      return event.operationId.split('.')[2] ?? '';
    case 'gate-opened':
    case 'gate-passed':
    case 'gate-expired':
      return `${event.type} ${event.gate}`;
    default:
      return event.type;
  }
}

/** Counts the writes of each place over all workers, and says when one is to die: once at each place. */
class Reaper {
  readonly #writes = new Map<string, number>();
  readonly points: string[] = [];
  readonly #wanted: { nth: number; when: When } | null;

  constructor(wanted: { nth: number; when: When } | null) {
    this.#wanted = wanted;
  }

  readonly death: Death = ([event]) => {
    if (event === undefined) return null;
    const place = placeOf(event);
    const nth = (this.#writes.get(place) ?? 0) + 1;
    this.#writes.set(place, nth);
    if (nth !== this.#wanted?.nth) return null;
    this.points.push(`${place} ${nth}`);
    return this.#wanted.when;
  };

  /** How often each place was written to. */
  get writes(): ReadonlyMap<string, number> {
    return this.#writes;
  }
}

async function play(people: () => People, reaper: Reaper) {
  const engine = await openEngine();
  try {
    const act = people();
    await engine.propose();
    for (let turn = 0; ; turn += 1) {
      const life = new Mortality(reaper.death);
      await engine.startWorker({ owner: turn % 3 === 2 ? 'another bot' : 'bot', mortality: life });
      const state = await engine.until(
        'a crash or the end',
        (seen) => !life.isAlive || seen.ended !== null,
        act,
      );
      if (state.ended === null) continue;
      return {
        outcome: state.ended.outcome,
        operations: engine.effects.map(({ operationId, changed }) => `${operationId} ${changed}`).sort(),
        picture: engine.cluster.picture(),
        mistakes: engine.mistakes,
      };
    }
  } finally {
    await engine.close();
  }
}

/** Dee stops it when the commit can be signed. */
const aborting = (): People => (service, state) =>
  state.phase === 'forward' && state.gates.commit?.status === 'open'
    ? service.take('abort', { restoreId: 'R1', userId: dee.userId, reason: 'wrong backup' })
    : approving(service, state);

/** Bo and cy go back at the second look. */
const goingBack = (): People => (service, state) => {
  if (state.look === null || state.phase === 'undo') return approving(service, state);
  const signed = state.gates['go-back']?.signOffs.length ?? 0;
  const person = [bo, cy][signed];
  if (person === undefined) return null;
  return service.take('go-back', { restoreId: 'R1', userId: person.userId, reason: 'too many killed' });
};

const stories: readonly (readonly [string, string, () => People])[] = [
  ['a restore', 'completed', () => approving],
  ['an abort after staging', 'undone', aborting],
  ['going back at the second look', 'undone', goingBack],
];

describe.each(stories)('%s, with a worker dropped', { timeout: 180_000 }, (_story, outcome, people) => {
  it.each<When>(['before', 'after'])(
    '%s each of its writes, ends the same; nothing is repeated or lost',
    async (when) => {
      const count = new Reaper(null);
      const whole = await play(people, count);
      const points: string[] = [];

      for (let nth = 1; nth <= Math.max(...count.writes.values()); nth += 1) {
        const reaper = new Reaper({ nth, when });
        const crashed = await play(people, reaper);
        points.push(...reaper.points);

        expect({ nth, ...crashed }).toEqual({ nth, ...whole });
      }

      expect(whole.outcome).toBe(outcome);
      expect(whole.mistakes).toEqual([]);
      for (const [place, writes] of count.writes) {
        for (let nth = 1; nth <= writes; nth += 1) expect(points).toContain(`${place} ${nth}`);
      }
    },
  );
});
