/** The scheduler that leads is killed at a step, or loses its place in the election. */
import { expect } from 'vitest';
import type { RestoreProcedure } from '../../../src/aurora/cluster.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import type { Scenario } from '../support/scenario.ts';
import { fateOf } from './fates.ts';
import { placeOf, rowOf } from './words.ts';

export function losingLeader(step: StepName, procedure: RestoreProcedure): readonly Scenario[] {
  const fate = fateOf(step);
  const isReported = fate.reported === true || fate.seen === true;
  const turns = fate.staged === true ? 1 : 0;
  const goesOn = fate.staged === true ? 'it is staged once more on the next one' : 'it goes on';
  const happens =
    fate.askedAgain === true ? `${goesOn}, and whoever leads then is asked to reconcile too` : goesOn;
  const says = turns === 1 ? 'staged once more' : 'goes on';
  return [
    {
      title: `the leading scheduler is killed ${placeOf(step)}`,
      happens: isReported ? 'it goes on, and the report names that scheduler' : happens,
      cell: {
        row: rowOf(step),
        column: 'leader killed',
        says: isReported ? 'goes on, reported' : says,
      },
      given: { procedure },
      play: async (stage) => {
        const notAsBefore: string[] = [];
        stage.whenBegins(step, () => {
          const { leader } = stage;
          if (leader === null) return;
          stage.killScheduler(leader.name);
          if (fate.seen === true)
            notAsBefore.push(`${leader.name}: the scheduler is running, it was stopped`);
          if (fate.reported === true)
            notAsBefore.push(`${leader.name}: the scheduler is stopped, it was running`);
        });

        const state = await stage.completes({ notAsBefore });

        expect(state.takenBack).toHaveLength(turns);
      },
    },
    {
      title: `the election moves ${placeOf(step)}`,
      happens,
      cell: { row: rowOf(step), column: 'election moves', says },
      given: { procedure },
      play: async (stage) => {
        stage.whenBegins(step, () => {
          if (stage.leader !== null) stage.moveElection(stage.leader.name);
        });

        const state = await stage.completes();

        expect(state.takenBack).toHaveLength(turns);
      },
    },
  ];
}
