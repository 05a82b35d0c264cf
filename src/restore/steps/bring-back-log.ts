/** A copy of what the earlier restore set aside, on all hosts; its own logs are aside by now. */
import type { Step } from '../step.ts';
import { assertAllStopped } from './shared/stop-all.ts';

export const bringBackLog: Step<'bring-back-log'> = {
  name: 'bring-back-log',
  title: 'Bring the old logs back',
  scope: 'all',
  does: 'copies; what was set aside stays where it is.',
  touches: true,
  undo: 'undo-put-back-log',
  run: async (context) => {
    await assertAllStopped(context);
    const { of } = context.factsOf('check-set-aside');
    const brought = await context.operateOnAll('bring-back-log', { of });
    return {
      hosts: brought.map(({ host, evidence }) => ({ host, files: evidence.files, bytes: evidence.bytes })),
    };
  },
};
