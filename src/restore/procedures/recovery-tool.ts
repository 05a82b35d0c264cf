/**
 * Off-line, with Aurora's own tool (0.20 and later) on the host that has the backup. At no time are there as many blank
 * voting replicas as a quorum needs, in whatever order schedulers start: those would agree on an empty log, for good.
 */
import { backToNormal, backupChecks, isolation } from './parts.ts';
import { gate, type ProcedureDefinition, steps } from './plan.ts';

export const recoveryTool: ProcedureDefinition = {
  name: 'recovery-tool',
  plan: Object.freeze([
    ...backupChecks,
    ...isolation,
    ...steps('initialize-quorum', 'place-backup-on-one', 'summarise-backup'),
    gate('commit'),
    ...steps('run-recovery-tool', 'start-quorum', 'verify-restored', 'start-remaining'),
    ...backToNormal,
  ]),
  source: 'backup',
  summaryStep: 'summarise-backup',
  watchedAtGate: 'that-nothing-runs',
  electsIn: 'start-quorum',
  leavesOut: false,
  needsRecoveryTool: true,
  restartsCommitter: false,
  emptyMeans: { code: 'log-not-refilled', words: 'it does not see the refilled log' },
};
