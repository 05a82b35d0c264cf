/** One elected scheduler, its storage READY, and nothing in it: anything else is old state. */
import { AuroraError } from '../../aurora/errors.ts';
import { countTasks } from '../../aurora/tasks.ts';
import { waitForElected } from '../looks/elected.ts';
import type { Step } from '../step.ts';

export const findElectedStep: Step<'find-elected'> = {
  name: 'find-elected',
  title: 'Find the elected scheduler',
  scope: 'cluster',
  does: 'one elected scheduler, its storage ready and empty.',
  touches: true,
  undo: 'undo-stop-schedulers',
  note: ({ host }) => host,
  run: async (context) => {
    const { host, readyAfterMs } = await waitForElected(context);
    const tasks = await context.patiently(`the scheduler on ${host}`, () =>
      context.agentOf(host).scheduler.listTasks(countTasks),
    );
    if (tasks > 0) {
      throw new AuroraError({
        code: 'old-state-visible',
        message: `${host} shows ${tasks} tasks although every log is new: an old log is still in use somewhere.`,
        hint: 'Put everything back; then find the host whose log was not set aside.',
      });
    }
    return { host, readyAfterMs, tasks };
  },
};
