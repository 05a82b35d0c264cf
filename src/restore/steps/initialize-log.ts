/** Exit 0 is not proof (mesos.md 1.4): every host must show a blank log before any scheduler starts. */

import type { Step } from '../step.ts';
import { assertBlank } from './shared/blank-log.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const initializeLog: Step<'initialize-log'> = {
  name: 'initialize-log',
  title: 'Initialise new logs',
  scope: 'all',
  does: 'a blank log on every host, proven before any scheduler starts.',
  touches: true,
  undo: 'undo-put-back-log',
  run: async (context) => {
    await assertAllStopped(context);
    const logs = await context.operateOnAll('initialize-log', {});
    return { hosts: logs.map(assertBlank) };
  },
};
