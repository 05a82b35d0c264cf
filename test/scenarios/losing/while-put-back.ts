/** Every step of putting everything back, and everything that can be lost while it runs. */
import { expect } from 'vitest';
import type { StepName } from '../../../src/restore/record/facts.ts';
import { Mortality } from '../../restore/support/pretend-engine.ts';
import type { Loss } from '../support/losses.ts';
import { over, stuck } from '../support/moments.ts';
import { stopping } from '../support/people.ts';
import type { Group, Scenario } from '../support/scenario.ts';
import { codes, fateOf, undoSteps } from './fates.ts';
import { allLosses } from './while-restoring.ts';
import { nameOf, placeOf, rowOf } from './words.ts';

function losingThing(step: StepName, loss: Loss): Scenario {
  const { needs, host, reported } = fateOf(step);
  const isNeeded = needs.includes(loss);
  const isReported = loss === 'host' && reported === true;
  const back = isNeeded
    ? `it stops with ${codes[loss]}; back, and looked at again, everything is put back`
    : 'it does not need it, and everything is put back';
  const says = `${isNeeded ? `stops: \`${codes[loss]}\`` : 'goes on'}${isReported ? ', reported' : ''}`;
  return {
    title: `${nameOf(loss, host)} is lost ${placeOf(step)}, while everything is put back`,
    happens: isReported ? `${back}; the report names the scheduler that nothing started` : back,
    cell: { row: rowOf(step), column: loss, says },
    play: async (stage) => {
      let isLost = false;
      const begin = () => {
        isLost = true;
        stage.lose(loss, host);
      };
      stage.whenBegins(step, begin);
      const seen = await stage.until(
        {
          name: `the end of ${step}`,
          isSo: (state) =>
            isLost && (stuck.isSo(state) || (state.phase === 'undo' && state.facts[step] !== undefined)),
        },
        stopping,
      );

      stage.mend(loss, host);

      expect(seen.stuck?.code).toBe(isNeeded ? codes[loss] : undefined);
      if (isReported)
        await stage.isUndoneExcept([`${host}: the scheduler is stopped, it was running`], stopping);
      else await stage.isUndone(stopping);
    },
  };
}

function losingBot(step: StepName): Scenario {
  return {
    title: `the bot is killed ${placeOf(step)}, while everything is put back`,
    happens: 'started again, it goes on, and nothing is done twice',
    cell: { row: rowOf(step), column: 'bot killed', says: 'goes on' },
    given: { begun: false },
    play: async (stage) => {
      const { engine } = stage;
      let isUndoing = false;
      const life = new Mortality((events) => {
        isUndoing ||= events.some(
          (event) => event.type === 'step-started' && event.step === 'undo-stop-schedulers',
        );
        const begins = events.some((event) => event.type === 'step-started' && event.step === step);
        return isUndoing && begins ? 'after' : null;
      });
      await engine.propose();
      await engine.startWorker({ mortality: life });
      await engine.until('the kill', (state) => !life.isAlive || over.isSo(state), stopping);

      await engine.startWorker();

      await stage.isUndone(stopping);
      expect(life.isAlive).toBe(false);
    },
  };
}

export const losingWhilePutBack: Group = {
  title: 'Losing something while everything is put back',
  scenarios: undoSteps.flatMap((step) => [
    ...allLosses.map((loss) => losingThing(step, loss)),
    losingBot(step),
  ]),
};
