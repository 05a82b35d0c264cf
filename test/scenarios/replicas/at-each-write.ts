/** Two replicas over one store: one is killed, or frozen, at each write of each step, and the other takes over. */
import { expect } from 'vitest';
import type { RestoreProcedure } from '../../../src/aurora/cluster.ts';
import { Mortality } from '../../restore/support/pretend-engine.ts';
import { ownSteps } from '../losing/fates.ts';
import { placeOf, rowOf } from '../losing/words.ts';
import { Freezable } from '../support/freezable.ts';
import { over } from '../support/moments.ts';
import { approving } from '../support/people.ts';
import type { Group, Scenario } from '../support/scenario.ts';
import type { Stage } from '../support/stage.ts';
import { atEachWrite, type Part } from './writes.ts';

const frozenMs = 20_000;

function titleOf(part: Part): string {
  return part === 'decisions' ? 'of a decision' : placeOf(part);
}

function partOf(part: Part): string {
  return part === 'decisions' ? 'Decisions: gates opened and passed, the look opened, the end' : rowOf(part);
}

/** It ends as if nothing had been; all that the bot complains of are leases. */
async function completesAllTheSame(stage: Stage): Promise<void> {
  const { engine } = stage;
  const state = await engine.state();
  expect(state.ended).toMatchObject({ outcome: 'completed' });
  expect(state.facts.soak?.asPredicted).toBe(true);
  expect(engine.mistakes.filter((mistake) => !mistake.includes('has taken over'))).toEqual([]);
  const ids = engine.effects.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
}

function killing(part: Part, procedure: RestoreProcedure): Scenario {
  return {
    title: `a replica is killed before and after each write ${titleOf(part)}`,
    happens: 'another one takes over each time, and nothing is repeated or lost',
    cell: {
      row: partOf(part),
      column: 'killed before and after each write',
      says: 'taken over, nothing twice',
    },
    given: { procedure, begun: false },
    play: async (stage) => {
      const { engine } = stage;
      const times = atEachWrite(part, 2);
      const lives: Mortality[] = [];
      const start = async (): Promise<void> => {
        const life = new Mortality(
          (events) => [null, 'before' as const, 'after' as const][times(events)] ?? null,
        );
        lives.push(life);
        await engine.startWorker({ owner: `bot-${lives.length}`, mortality: life });
      };
      const isShort = () => lives.filter(({ isAlive }) => isAlive).length < 2;
      await engine.propose();

      for (;;) {
        while (isShort()) await start();
        const state = await engine.until(
          'a kill or the end',
          (seen) => isShort() || over.isSo(seen),
          approving,
        );
        if (state.ended !== null) break;
      }

      expect(lives.length).toBeGreaterThan(3);
      await completesAllTheSame(stage);
    },
  };
}

function freezing(part: Part, procedure: RestoreProcedure): Scenario {
  return {
    title: `a replica is frozen for 20 s before each write ${titleOf(part)}`,
    happens: 'the other one takes over; when the frozen one wakes up, its write is refused',
    cell: { row: partOf(part), column: 'frozen before each write', says: 'taken over, late write refused' },
    given: { procedure, begun: false },
    play: async (stage) => {
      const { engine } = stage;
      const times = atEachWrite(part);
      const replicas = ['bot-a', 'bot-b'].map((owner) => ({
        owner,
        life: new Freezable(
          (events) => times(events) > 0,
          () => engine.clock.sleep(frozenMs),
        ),
      }));
      await engine.propose();
      for (const { owner, life } of replicas) await engine.startWorker({ owner, mortality: life });

      await engine.until(over.name, over.isSo, approving);
      await stage.isQuiet();

      const freezes = replicas.reduce((sum, { life }) => sum + life.freezes, 0);
      const refusals = replicas.reduce((sum, { life }) => sum + life.refusals, 0);
      expect(freezes).toBeGreaterThan(0);
      expect(refusals).toBe(freezes);
      await completesAllTheSame(stage);
    },
  };
}

const title = 'A replica is lost at each write';

/** What people decide is written alike by every procedure. */
const parts: readonly { readonly part: Part; readonly procedure: RestoreProcedure }[] = ownSteps.flatMap(
  ({ procedure, steps }, index) =>
    [...steps, ...(index === 0 ? (['decisions'] as const) : [])].map((part) => ({ part, procedure })),
);

export const killedReplicas: Group = {
  title,
  scenarios: parts.map(({ part, procedure }) => killing(part, procedure)),
};

export const frozenReplicas: Group = {
  title,
  scenarios: parts.map(({ part, procedure }) => freezing(part, procedure)),
};

/** Both, as one table. */
export const atEachWriteGroup: Group = {
  title,
  scenarios: [...killedReplicas.scenarios, ...frozenReplicas.scenarios],
};
