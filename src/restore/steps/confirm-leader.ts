/** One member in ZooKeeper, registered as the same framework, its own health page and gauge agree. */
import { AuroraError } from '../../aurora/errors.ts';
import { countTasks } from '../../aurora/tasks.ts';
import { waitForLeader } from '../looks/registered.ts';
import type { Step } from '../step.ts';

export const confirmLeader: Step<'confirm-leader'> = {
  name: 'confirm-leader',
  title: 'Confirm the leader',
  scope: 'cluster',
  does: 'one scheduler leads, registered with Mesos under the framework id of before.',
  touches: true,
  undo: 'undo-stop-schedulers',
  note: ({ host }) => host,
  run: async (context) => {
    const { frameworkId } = context.factsOf('capture-live-tasks');
    const host = await waitForLeader(context);
    const frameworks = await context.patiently('the Mesos master', () => context.mesos.listFrameworks());
    const connected = frameworks.filter((framework) => framework.connected);
    if (!connected.some((framework) => framework.frameworkId === frameworkId)) {
      throw new AuroraError({
        code: 'framework-changed',
        message: `${host} leads, but the Mesos master does not show framework ${frameworkId} as connected.`,
        hint: 'Do not let it reconcile. Go back, and compare the framework id of what was restored.',
      });
    }
    const tasks = await context.patiently(`the scheduler on ${host}`, () =>
      context.agentOf(host).scheduler.listTasks(countTasks),
    );
    return { host, frameworkId, tasks };
  },
};
