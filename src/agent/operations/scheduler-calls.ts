/**
 * Calls whose effect does not show on this scheduler: a commit, after which another one is elected, and the two
 * reconciliations. Interrupted, they park as `uncertain`, are never sent again, and the bot finds out by looking at the
 * cluster (design promise 8).
 */
import { callOperation, cannotTell } from './scheduler-call.ts';

const lookAfterCrash = () => Promise.resolve(cannotTell);

export const commitRecovery = callOperation<'commit-recovery'>({
  send: ({ scheduler }) => scheduler.commitRecovery(),
  lookAfterCrash,
});

export const reconcileExplicit = callOperation<'reconcile-explicit'>({
  send: ({ scheduler }) => scheduler.reconcileExplicit(),
  lookAfterCrash,
});

export const reconcileImplicit = callOperation<'reconcile-implicit'>({
  send: ({ scheduler }) => scheduler.reconcileImplicit(),
  lookAfterCrash,
});
