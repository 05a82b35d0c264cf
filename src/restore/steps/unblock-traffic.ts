/** Clients reach the schedulers again; also an undo. */
import type { Step, StepContext } from '../step.ts';

export const unblockTraffic: Step<'unblock-traffic'> = {
  name: 'unblock-traffic',
  title: 'Let traffic in',
  scope: 'all',
  does: 'clients reach the schedulers again.',
  touches: true,
  undo: { none: 'once it may reconcile, only another restore can go back' },
  run: unblockAll,
};

export const undoUnblockTraffic: Step<'undo-unblock-traffic'> = {
  name: 'undo-unblock-traffic',
  title: 'Let traffic in',
  scope: 'all',
  does: 'clients reach the schedulers again.',
  touches: true,
  undo: { none: 'this is the way back itself' },
  run: unblockAll,
};

async function unblockAll(context: StepContext): Promise<{ hosts: readonly string[] }> {
  const opened = await context.operateOnAll('unblock-traffic', {});
  return { hosts: opened.map((done) => done.host) };
}
