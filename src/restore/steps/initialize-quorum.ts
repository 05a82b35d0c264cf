/**
 * Exactly a quorum of hosts gets an initialised log, each proven blank; the rest get an empty
 * directory, so that blank replicas cannot agree on an empty log without the refilled one (see quorum.ts).
 */

import { shareOutLogs } from '../rules/quorum.ts';
import type { Step } from '../step.ts';
import { assertBlank } from './shared/blank-log.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const initializeQuorum: Step<'initialize-quorum'> = {
  name: 'initialize-quorum',
  title: 'Initialise a quorum of new logs',
  scope: 'all',
  does: 'a blank log on just enough hosts for a quorum, each proven; the others start empty and copy it, so that blank ones never decide alone.',
  touches: true,
  undo: 'undo-put-back-log',
  run: async (context) => {
    await assertAllStopped(context);
    const { voters, empty } = shareOutLogs(context.state());
    const logs = await context.onEachHost(async ({ host }) => {
      if (voters.includes(host)) return [assertBlank(await context.operate(host, 'initialize-log', {}))];
      await context.operate(host, 'set-aside-new-log', {});
      return [];
    });
    return { hosts: logs.flat(), empty };
  },
};
