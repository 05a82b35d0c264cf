/** A host, an agent, ZooKeeper, Mesos or Slack is lost at a step: waited for, then named; or done without. */
import { expect } from 'vitest';
import type { RestoreProcedure } from '../../../src/aurora/cluster.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import { dee } from '../../restore/support/office.ts';
import type { Loss } from '../support/losses.ts';
import { over, stuck } from '../support/moments.ts';
import type { Scenario } from '../support/scenario.ts';
import type { Stage } from '../support/stage.ts';
import { codes, fateOf, isBeforeCommit, isBeforeTouching } from './fates.ts';
import { nameOf, placeOf, rowOf } from './words.ts';

interface Losing {
  readonly step: StepName;
  readonly procedure: RestoreProcedure;
  readonly loss: Loss;
  readonly host: string;
  /** What the report says in the end; nothing starts the scheduler of a host that comes back. */
  readonly notAsBefore: readonly string[];
}

/** One scenario for each way in which this can be lost at this step. */
export function losingThing(
  step: StepName,
  of: { procedure: RestoreProcedure; loss: Loss },
): readonly Scenario[] {
  const { needs, host, reported } = fateOf(step);
  const stopped = of.loss === 'host' && reported === true;
  const notAsBefore = stopped ? [`${host}: the scheduler is stopped, it was running`] : [];
  const lost: Losing = { ...of, step, host, notAsBefore };
  if (!needs.includes(of.loss)) return [goesOnWithout(lost)];
  // A host is lost like its agent: once is enough to see that it is waited for.
  const waits = of.loss === 'host' ? [] : [goesOnLater(lost)];
  if (isBeforeTouching(step, of.procedure)) return [...waits, endsThere(lost)];
  const isToBeStopped = isBeforeCommit(step, of.procedure) && of.loss !== 'host';
  return [...waits, completesThen(lost), ...(isToBeStopped ? [isPutBackThen(lost)] : [])];
}

function goesOnWithout({ step, procedure, loss, host, notAsBefore }: Losing): Scenario {
  return {
    title: `${nameOf(loss, host)} is lost ${placeOf(step)}`,
    happens: 'it does not need it and goes on',
    cell: { row: rowOf(step), column: loss, says: 'goes on' },
    given: { procedure },
    play: async (stage) => {
      stage.whenBegins(step, () => stage.lose(loss, host));
      await stage.until({
        name: `the end of ${step}`,
        isSo: (state) => state.facts[step] !== undefined || state.stuck !== null || state.ended !== null,
      });

      stage.mend(loss, host);
      const state = await stage.completes({ notAsBefore });

      expect(await failuresOf(stage)).toEqual([]);
      expect(state.takenBack).toEqual([]);
    },
  };
}

function goesOnLater({ step, procedure, loss, host, notAsBefore }: Losing): Scenario {
  return {
    title: `${nameOf(loss, host)} is lost ${placeOf(step)}, for 15 s`,
    happens: 'it waits and goes on',
    cell: { row: rowOf(step), column: loss, says: 'waits' },
    given: { procedure },
    play: async (stage) => {
      stage.whenBegins(step, () => {
        stage.lose(loss, host);
        void stage.engine.clock.sleep(15_000).then(() => stage.mend(loss, host));
      });

      await stage.completes({ notAsBefore });

      expect(await failuresOf(stage)).toEqual([]);
    },
  };
}

function endsThere({ step, procedure, loss, host }: Losing): Scenario {
  return {
    title: `${nameOf(loss, host)} is lost ${placeOf(step)}, and stays away`,
    happens: `it ends with ${codes[loss]}, and no host was touched`,
    cell: { row: rowOf(step), column: loss, says: `ends: \`${codes[loss]}\`` },
    given: { procedure },
    play: async (stage) => {
      stage.whenBegins(step, () => stage.lose(loss, host));

      const state = await stage.until(over);

      expect(state.ended?.outcome).toBe('failed');
      expect(await failuresOf(stage)).toEqual([`${step} ${codes[loss]}`]);
      expect(stage.engine.effects).toEqual([]);
    },
  };
}

/** Until it is stuck and names what is lost; then it is back. */
async function loseForGood(stage: Stage, { step, loss, host }: Losing): Promise<void> {
  stage.whenBegins(step, () => stage.lose(loss, host));
  const state = await stage.until(stuck);
  expect(state.stuck).toMatchObject({ step, code: codes[loss] });
  expect(state.stuck?.message).toContain(loss === 'agent' || loss === 'host' ? host : loss);
  stage.mend(loss, host);
}

function completesThen(lost: Losing): Scenario {
  const { step, procedure, loss, host, notAsBefore } = lost;
  return {
    title: `${nameOf(loss, host)} is lost ${placeOf(step)}, and stays away`,
    happens: `it stops with ${codes[loss]}; back, and looked at again, it completes`,
    cell: { row: rowOf(step), column: loss, says: `stops: \`${codes[loss]}\`` },
    given: { procedure },
    play: async (stage) => {
      await loseForGood(stage, lost);

      await stage.completes({ notAsBefore });
    },
  };
}

function isPutBackThen(lost: Losing): Scenario {
  const { step, procedure, loss, host } = lost;
  return {
    title: `${nameOf(loss, host)} is lost ${placeOf(step)}, and somebody stops it when it is back`,
    happens: 'everything is put back',
    cell: { row: rowOf(step), column: loss, says: 'may be put back' },
    given: { procedure },
    play: async (stage) => {
      await loseForGood(stage, lost);

      await stage.people.abort(dee);

      await stage.isUndone();
    },
  };
}

/** Steps that failed, with their codes. */
async function failuresOf(stage: Stage): Promise<readonly string[]> {
  const events = await stage.engine.events();
  return events.flatMap((event) => (event.type === 'step-failed' ? [`${event.step} ${event.code}`] : []));
}
