/** Clients reach the schedulers again: for a look, to stay, or as an undo. */
import type { Step, StepContext } from '../step.ts';

/** In the plan once an approver has ordered it at the second look. */
export const openTraffic: Step<'open-traffic'> = {
  name: 'open-traffic',
  title: 'Let traffic in for a look',
  scope: 'all',
  does: 'people reach the pages of the schedulers before anything is reconciled.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: unblockAll,
};

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
