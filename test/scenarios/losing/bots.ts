/** The bot itself is lost at a step, or its lease: another one goes on, and nothing is done twice. */
import { expect } from 'vitest';
import type { RestoreProcedure } from '../../../src/aurora/cluster.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import { Mortality } from '../../restore/support/pretend-engine.ts';
import { CutOff } from '../support/cut-off.ts';
import { approving } from '../support/people.ts';
import type { Scenario } from '../support/scenario.ts';
import { placeOf, rowOf } from './words.ts';

/** Killed right after it has written down that the step begins. */
export function losingBot(step: StepName, procedure: RestoreProcedure): Scenario {
  return {
    title: `the bot is killed ${placeOf(step)}`,
    happens: 'started again, it continues where it was, and nothing is done twice',
    cell: { row: rowOf(step), column: 'bot killed', says: 'goes on' },
    given: { procedure, begun: false },
    play: async (stage) => {
      const { engine } = stage;
      const life = new Mortality((events) =>
        events.some((event) => event.type === 'step-started' && event.step === step) ? 'after' : null,
      );
      await engine.propose();
      await engine.startWorker({ mortality: life });
      await engine.until('the kill', () => !life.isAlive, approving);
      await stage.passes(20_000);

      await engine.startWorker();

      await stage.completes();
    },
  };
}

/** Too near to the end for another replica to be needed: the first one is through before its lease is over. */
const lastSteps: readonly StepName[] = [
  'second-look',
  'unblock-traffic',
  'release-reconciliation',
  'soak',
  'report',
];

/** Cut off from the leases, while another replica waits for them. */
export function losingLease(step: StepName, procedure: RestoreProcedure): Scenario {
  return {
    title: `the bot's lease is lost ${placeOf(step)}`,
    happens: 'the other replica takes over, the first one writes nothing more, and nothing is done twice',
    cell: { row: rowOf(step), column: 'lease lost', says: 'taken over' },
    given: { procedure, begun: false },
    play: async (stage) => {
      const { engine } = stage;
      const cut = new CutOff();
      await engine.propose();
      await engine.startWorker({ owner: 'bot-a', leases: cut.wrap });
      await stage.until({ name: 'the first lease', isSo: (state) => state.current !== null });
      await engine.startWorker({ owner: 'bot-b' });
      if (step === 'check-hosts') cut.isCut = true;
      stage.whenBegins(step, () => {
        cut.isCut = true;
      });

      await stage.completes();

      if (lastSteps.includes(step)) expect(['bot-a', 'bot-a bot-b']).toContain(engine.writers.join(' '));
      else expect(engine.writers).toEqual(['bot-a', 'bot-b']);
    },
  };
}
