/**
 * Back to the log that an earlier restore set aside, after the first reconciliation: a restore of its own, because it kills
 * and starts tasks again (aurora.md 14 B). The old log is read in isolation before anybody signs what it would do.
 */
import { backToNormal, isolation } from './parts.ts';
import { gate, type ProcedureDefinition, steps } from './plan.ts';

export const setAsideLog: ProcedureDefinition = {
  name: 'set-aside-log',
  plan: Object.freeze([
    ...steps('check-hosts', 'check-set-aside', 'capture-live-tasks', 'preview'),
    gate('stop'),
    ...isolation,
    ...steps('bring-back-log', 'start-schedulers', 'read-old-state'),
    gate('commit'),
    ...steps('verify-restored'),
    ...backToNormal,
  ]),
  source: 'set-aside-log',
  summaryStep: 'read-old-state',
  watchedAtGate: 'the-old-state',
  electsIn: 'read-old-state',
  leavesOut: false,
  needsRecoveryTool: false,
  restartsCommitter: false,
  emptyMeans: { code: 'old-log-not-seen', words: 'it does not see the log that was brought back' },
};
