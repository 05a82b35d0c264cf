/** The old log is renamed, on every host or on none: one old log left in place can win (aurora.md 14 F). */

import type { Step } from '../step.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const setAsideLog: Step<'set-aside-log'> = {
  name: 'set-aside-log',
  title: 'Set logs aside',
  scope: 'all',
  does: 'the log is renamed, never deleted.',
  touches: true,
  undo: 'undo-put-back-log',
  note: () => 'nothing deleted',
  run: async (context) => {
    await assertAllStopped(context);
    const moved = await context.operateOnAll('set-aside-log', {});
    return {
      hosts: moved.map(({ host, evidence }) => ({
        host,
        path: evidence.path,
        files: evidence.files,
        bytes: evidence.bytes,
      })),
    };
  },
};
