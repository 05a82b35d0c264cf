/** By calls to the elected scheduler: every release has them. */
import { backToNormal, backupChecks, isolation } from './parts.ts';
import { gate, type ProcedureDefinition, steps } from './plan.ts';

export const staged: ProcedureDefinition = {
  name: 'staged',
  plan: Object.freeze([
    ...backupChecks,
    ...isolation,
    ...steps(
      'initialize-log',
      'place-backup',
      'start-schedulers',
      'find-elected',
      'stage-backup',
      'summarise-staged',
    ),
    gate('commit'),
    ...steps('commit', 'verify-restored'),
    ...backToNormal,
  ]),
  source: 'backup',
  summaryStep: 'summarise-staged',
  watchedAtGate: 'what-is-staged',
  electsIn: 'find-elected',
  leavesOut: true,
  needsRecoveryTool: false,
  restartsCommitter: true,
  emptyMeans: { code: 'commit-not-applied', words: 'the commit was not applied' },
};
