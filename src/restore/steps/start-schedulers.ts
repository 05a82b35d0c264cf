/** Every scheduler in recovery mode; in an undo, those that ran before. */

import type { Step } from '../step.ts';
import { requireModeFlags } from './shared/recovery-flags.ts';
import { waitUntilAllGone } from './shared/stop-all.ts';

export const startSchedulers: Step<'start-schedulers'> = {
  name: 'start-schedulers',
  title: 'Start schedulers',
  scope: 'all',
  does: 'in recovery mode.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const waitedForLogGroupMs = await waitUntilAllGone(context);
    await requireModeFlags(context);
    const started = await context.operateOnAll('start-scheduler', {});
    return { hosts: started.map((done) => done.host), waitedForLogGroupMs };
  },
};

/** Those that ran before the restore: a scheduler that was stopped stays as it was found. */
export const undoStartSchedulers: Step<'undo-start-schedulers'> = {
  name: 'undo-start-schedulers',
  title: 'Start schedulers',
  scope: 'all',
  does: 'those that ran before.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  run: async (context) => {
    const before = context.factsOf('check-hosts').hosts;
    const ran = new Set(before.filter(({ service }) => service === 'running').map(({ host }) => host));
    const waitedForLogGroupMs = await waitUntilAllGone(context);
    const hosts = await context.onEachHost(async ({ host }) => {
      if (!ran.has(host)) return [];
      return [(await context.operate(host, 'start-scheduler', {})).host];
    });
    return { hosts: hosts.flat(), waitedForLogGroupMs };
  },
};
