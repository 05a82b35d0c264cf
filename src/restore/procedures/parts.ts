/** What the procedures have in common. */
import { gate, type PlanItem, steps } from './plan.ts';

/** Nothing runs, nobody reaches the schedulers, and the log is out of the way: nothing is deleted. */
export const isolation: readonly PlanItem[] = steps(
  'stop-schedulers',
  'block-traffic',
  'set-recovery-flags',
  'set-aside-log',
);

/** For what comes from a backup. */
export const backupChecks: readonly PlanItem[] = [
  ...steps('check-hosts', 'choose-backup', 'capture-live-tasks', 'preview', 'hold-backup'),
  gate('stop'),
];

/** From a storage that was read back to a cluster that has reconciled. */
export const backToNormal: readonly PlanItem[] = [
  ...steps(
    'stop-recovery-schedulers',
    'restore-flags',
    'start-restored-schedulers',
    'confirm-leader',
    'second-look',
  ),
  { kind: 'look', name: 'look' },
  ...steps('unblock-traffic', 'release-reconciliation', 'soak', 'report'),
];

/** Undo in reverse; the old log, flags and traffic come back on all hosts or the restore is stuck and says so. */
export const undoPlan: readonly PlanItem[] = Object.freeze(
  steps(
    'undo-stop-schedulers',
    'undo-put-back-log',
    'undo-take-out-backup',
    'undo-restore-flags',
    'undo-unblock-traffic',
    'undo-start-schedulers',
    'undo-confirm-leader',
    'report',
  ),
);
