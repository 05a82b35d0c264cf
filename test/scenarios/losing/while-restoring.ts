/** Every step of both procedures, and everything that can be lost while it runs. */
import type { Procedure } from '../../../src/aurora/cluster.ts';
import type { StepName } from '../../../src/restore/record/facts.ts';
import type { Loss } from '../support/losses.ts';
import type { Group, Scenario } from '../support/scenario.ts';
import { losingBot, losingLease } from './bots.ts';
import { stepsOf, toolSteps } from './fates.ts';
import { losingLeader } from './leader.ts';
import { losingThing } from './things.ts';

export const allLosses: readonly Loss[] = ['agent', 'host', 'ZooKeeper', 'Mesos', 'Slack'];

function losingAnything(step: StepName, procedure: Procedure): readonly Scenario[] {
  return [
    ...allLosses.flatMap((loss) => losingThing(step, { loss, procedure })),
    ...losingLeader(step, procedure),
    losingBot(step, procedure),
    losingLease(step, procedure),
  ];
}

export const losingWhileStaged: Group = {
  title: 'Losing something at each step of the staged procedure',
  scenarios: stepsOf('staged').flatMap((step) => losingAnything(step, 'staged')),
};

export const losingWithTool: Group = {
  title: 'Losing something at each step that only the recovery tool has',
  scenarios: toolSteps.flatMap((step) => losingAnything(step, 'recovery-tool')),
};
