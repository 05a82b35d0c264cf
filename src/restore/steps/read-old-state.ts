/** In isolation, what the old log really holds, and what returning to it would do now. */
import { waitForElected } from '../looks/elected.ts';
import { watchTasks } from '../rules/unlivable.ts';
import type { Step } from '../step.ts';
import { summarise } from './shared/summary.ts';

export const readOldState: Step<'read-old-state'> = {
  name: 'read-old-state',
  title: 'Read the old state',
  scope: 'cluster',
  does: 'in isolation: what is signed is what the old log really holds.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const { host } = await waitForElected(context);
    const watched = await context.patiently(`the scheduler on ${host}`, () =>
      context.agentOf(host).scheduler.listTasks(watchTasks),
    );
    const { digest } = await context.deps.backups.digestStagedSet(watched.rows);
    return await summarise(context, { host, ...watched, stagedSetDigest: digest });
  },
};
