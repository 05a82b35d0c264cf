/** A stranger's client can commit at any time (aurora.md 10), so nobody but the agents may reach the schedulers. */
import type { Step } from '../step.ts';

export const blockTraffic: Step<'block-traffic'> = {
  name: 'block-traffic',
  title: 'Block outside traffic',
  scope: 'all',
  does: 'only the agents reach the schedulers from here on.',
  touches: true,
  undo: 'undo-unblock-traffic',
  note: ({ notManaged }) => (notManaged.length === 0 ? '' : `not managed on ${notManaged.join(', ')}`),
  run: async (context) => {
    await context.operateOnAll('block-traffic', {});
    const statuses = await context.onEachHost((agent) => context.readStatus(agent));
    return {
      notManaged: statuses.filter((status) => status.traffic === 'not-managed').map((status) => status.host),
    };
  },
};
