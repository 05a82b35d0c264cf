/**
 * The procedures, in order: the same list is shown as the dry run, signed off, executed and recorded.
 * Readable beside Aurora's own pages on restoring from a backup; the reasons are in ARCHITECTURE.md.
 */
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import type { GateName } from '../record/events.ts';
import type { StepName } from '../record/facts.ts';

export type Scope = 'all' | 'source' | 'elected' | 'cluster' | 'none';

export type PlanItem =
  | {
      readonly kind: 'step';
      readonly name: StepName;
      readonly title: string;
      readonly scope: Scope;
      readonly touches: boolean;
    }
  | { readonly kind: 'gate'; readonly name: GateName; readonly title: string }
  | { readonly kind: 'look'; readonly name: 'look'; readonly title: string };

const look = (name: StepName, title: string, scope: Scope): PlanItem => ({
  kind: 'step',
  name,
  title,
  scope,
  touches: false,
});
const act = (name: StepName, title: string, scope: Scope): PlanItem => ({
  kind: 'step',
  name,
  title,
  scope,
  touches: true,
});

const checks: readonly PlanItem[] = [
  look('check-hosts', 'Check hosts', 'all'),
  look('choose-backup', 'Check the backup', 'all'),
  look('capture-live-tasks', 'Count what runs now', 'cluster'),
  look('preview', 'Work out what it costs', 'none'),
  look('hold-backup', 'Hold the backup', 'source'),
  { kind: 'gate', name: 'stop', title: 'Gate: stop' },
];

const isolation: readonly PlanItem[] = [
  act('stop-schedulers', 'Stop schedulers', 'all'),
  act('block-traffic', 'Block outside traffic', 'all'),
  act('set-recovery-flags', 'Recovery flags', 'all'),
  act('set-aside-log', 'Set logs aside', 'all'),
];

const commitGate: PlanItem = { kind: 'gate', name: 'commit', title: 'Gate: commit' };

const backToNormal: readonly PlanItem[] = [
  act('stop-recovery-schedulers', 'Stop schedulers', 'all'),
  act('restore-flags', 'Own flags back', 'all'),
  act('start-restored-schedulers', 'Start, reconciliation held', 'all'),
  act('confirm-leader', 'Confirm the leader', 'cluster'),
  act('second-look', 'Second look', 'cluster'),
  { kind: 'look', name: 'look', title: 'Second look: go on or go back' },
  act('unblock-traffic', 'Let traffic in', 'all'),
  act('release-reconciliation', 'Let it reconcile', 'cluster'),
  act('soak', 'Watch both reconciliations', 'cluster'),
  act('report', 'Report', 'none'),
];

/** By calls to the elected scheduler: every release has them. */
export const stagedProcedure: readonly PlanItem[] = Object.freeze([
  ...checks,
  ...isolation,
  act('initialize-log', 'Initialise new logs', 'all'),
  act('place-backup', 'Place the backup', 'all'),
  act('start-schedulers', 'Start schedulers', 'all'),
  act('find-elected', 'Find the elected scheduler', 'cluster'),
  act('stage-backup', 'Stage the backup', 'elected'),
  act('summarise-staged', 'Compare what is staged', 'elected'),
  commitGate,
  act('commit', 'Commit', 'elected'),
  act('verify-restored', 'Read the restored tasks back', 'cluster'),
  ...backToNormal,
]);

/**
 * Off-line, with Aurora's own tool (0.20 and later) on the host that has the backup. At no time are there as many blank
 * voting replicas as a quorum needs, in whatever order schedulers start: those would agree on an empty log, for good.
 */
export const recoveryToolProcedure: readonly PlanItem[] = Object.freeze([
  ...checks,
  ...isolation,
  act('initialize-quorum', 'Initialise a quorum of new logs', 'all'),
  act('place-backup-on-one', 'Place the backup on one host', 'source'),
  act('summarise-backup', 'Compare the placed backup', 'source'),
  commitGate,
  act('run-recovery-tool', 'Run the recovery tool', 'source'),
  act('start-quorum', 'Start the refilled host, then a quorum', 'cluster'),
  act('verify-restored', 'Read the restored tasks back', 'cluster'),
  act('start-remaining', 'Start the other schedulers', 'cluster'),
  ...backToNormal,
]);

/**
 * Back to the log that an earlier restore set aside, after the first reconciliation: a restore of its own, because it kills
 * and starts tasks again (aurora.md 14 B). The old log is read in isolation before anybody signs what it would do.
 */
const setAsideLogProcedure: readonly PlanItem[] = Object.freeze([
  look('check-hosts', 'Check hosts', 'all'),
  look('check-set-aside', 'Look for the old logs', 'all'),
  look('capture-live-tasks', 'Count what runs now', 'cluster'),
  look('preview', 'Work out what it costs', 'none'),
  { kind: 'gate', name: 'stop', title: 'Gate: stop' },
  ...isolation,
  act('bring-back-log', 'Bring the old logs back', 'all'),
  act('start-schedulers', 'Start schedulers', 'all'),
  act('read-old-state', 'Read the old state', 'cluster'),
  commitGate,
  act('verify-restored', 'Read the restored tasks back', 'cluster'),
  ...backToNormal,
]);

export const procedures: Readonly<Record<RestoreProcedure, readonly PlanItem[]>> = Object.freeze({
  staged: stagedProcedure,
  'recovery-tool': recoveryToolProcedure,
  'set-aside-log': setAsideLogProcedure,
});

/** Undo in reverse; the old log, flags and traffic come back on all hosts or the restore is stuck and says so. */
export const undoProcedure: readonly PlanItem[] = Object.freeze([
  act('undo-stop-schedulers', 'Stop schedulers', 'all'),
  act('undo-put-back-log', 'Put the old logs back', 'all'),
  act('undo-take-out-backup', 'Take the placed backup out', 'all'),
  act('undo-restore-flags', 'Original flags back', 'all'),
  act('undo-unblock-traffic', 'Let traffic in', 'all'),
  act('undo-start-schedulers', 'Start schedulers', 'all'),
  act('undo-confirm-leader', 'Confirm it is as before', 'cluster'),
  act('report', 'Report', 'none'),
]);

/** What a step is called for people, in whichever plan it stands. */
export function titleOfStep(name: StepName): string {
  const items = [...Object.values(procedures).flat(), ...undoProcedure];
  return items.find((item) => item.kind === 'step' && item.name === name)?.title ?? name;
}
