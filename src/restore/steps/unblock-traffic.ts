/** Step 21a, and the undo of step 7. */
import type { Step, StepContext } from '../step.ts';

export const unblockTraffic: Step<'unblock-traffic'> = { name: 'unblock-traffic', run: unblockAll };

export const undoUnblockTraffic: Step<'undo-unblock-traffic'> = {
  name: 'undo-unblock-traffic',
  run: unblockAll,
};

async function unblockAll(context: StepContext): Promise<{ hosts: readonly string[] }> {
  const opened = await context.operateOnAll('unblock-traffic', {});
  return { hosts: opened.map((done) => done.host) };
}
