/** End of an undo: the cluster is as it was. When nobody led before, nobody has to now, and the report says so. */
import { countTasks } from '../../aurora/tasks.ts';
import { waitForLeader } from '../looks/registered.ts';
import type { Step } from '../step.ts';

export const undoConfirmLeader: Step<'undo-confirm-leader'> = {
  name: 'undo-confirm-leader',
  title: 'Confirm it is as before',
  scope: 'cluster',
  does: 'one scheduler leads, registered with Mesos under the framework id of before.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  run: async (context) => {
    if (context.factsOf('check-hosts').leader === null) return { host: null, tasks: null };
    const host = await waitForLeader(context);
    const tasks = await context.patiently(`the scheduler on ${host}`, () =>
      context.agentOf(host).scheduler.listTasks(countTasks),
    );
    return { host, tasks };
  },
};
