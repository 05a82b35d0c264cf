/** Every step of every procedure, and everything that can be lost while it runs. */
import type { RestoreProcedure } from '../../../src/aurora/cluster.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import type { Loss } from '../support/losses.ts';
import type { Group, Scenario } from '../support/scenario.ts';
import { losingBot, losingLease } from './bots.ts';
import { ownSteps } from './fates.ts';
import { losingLeader } from './leader.ts';
import { losingThing } from './things.ts';

export const allLosses: readonly Loss[] = ['agent', 'host', 'ZooKeeper', 'Mesos', 'Slack'];

function losingAnything(step: StepName, procedure: RestoreProcedure): readonly Scenario[] {
  return [
    ...allLosses.flatMap((loss) => losingThing(step, { loss, procedure })),
    ...losingLeader(step, procedure),
    losingBot(step, procedure),
    losingLease(step, procedure),
  ];
}

/** A group for each procedure, in their order. */
export const losingWhileRestoring: readonly Group[] = ownSteps.map(({ procedure, steps }, index) => ({
  title:
    index === 0
      ? `Losing something at each step of the procedure "${procedure}"`
      : `Losing something at each step that only the procedure "${procedure}" has`,
  scenarios: steps.flatMap((step) => losingAnything(step, procedure)),
}));
