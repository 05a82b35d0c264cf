/** What each step asks the drill's hosts for, and what of that is sure to change one: names of test/crashes/preload. */
import type { RestoreProcedure } from '../../src/aurora/cluster.ts';
import type { OperationKind } from '../../src/aurora/operations.ts';
import { procedures } from '../../src/restore/procedures/index.ts';
import type { StepName } from '../../src/restore/record/facts.ts';
import type { Scene } from './scene.ts';

export interface Operation {
  readonly step: StepName;
  readonly kind: OperationKind;
  /** Empty when all hosts may be found as asked. */
  readonly effects: readonly string[];
}

const does = (step: StepName, kind: OperationKind, ...effects: string[]): Operation => ({
  step,
  kind,
  effects,
});

const holding = does('hold-backup', 'hold-backup', 'rename-R-backup');

const isolation = [
  does('stop-schedulers', 'stop-scheduler', 'hostctl-stop'),
  does('block-traffic', 'block-traffic', 'hostctl-block'),
  does('set-recovery-flags', 'set-flags', 'rename-scheduler.flags', 'rename-scheduler.flags.set-aside-R'),
  does('set-aside-log', 'set-aside-log', 'rename-db.set-aside-R'),
];

const backToNormal = [
  does('stop-recovery-schedulers', 'stop-scheduler', 'hostctl-stop'),
  does('restore-flags', 'restore-flags', 'rename-scheduler.flags'),
  does('start-restored-schedulers', 'set-flags', 'rename-scheduler.flags'),
  does('start-restored-schedulers', 'start-scheduler', 'hostctl-start'),
  does('unblock-traffic', 'unblock-traffic', 'hostctl-unblock'),
  does('release-reconciliation', 'restore-flags', 'rename-scheduler.flags'),
  does('release-reconciliation', 'reconcile-explicit', 'call-triggerExplicitTaskReconciliation'),
  does('release-reconciliation', 'reconcile-implicit', 'call-triggerImplicitTaskReconciliation'),
];

const forward: Readonly<Record<RestoreProcedure, readonly Operation[]>> = {
  staged: [
    holding,
    ...isolation,
    does('initialize-log', 'initialize-log', 'mkdir-db', 'mesos-log'),
    does('place-backup', 'receive-backup', 'rename-R-backup'),
    does('place-backup', 'place-backup', 'rename-backups-backup'),
    does('start-schedulers', 'start-scheduler', 'hostctl-start'),
    does('stage-backup', 'stage-backup', 'call-stageRecovery'),
    does('commit', 'commit-recovery', 'call-commitRecovery'),
    does('verify-restored', 'stop-scheduler', 'hostctl-stop'),
    does('verify-restored', 'start-scheduler', 'hostctl-start'),
    ...backToNormal,
  ],
  'recovery-tool': [
    holding,
    ...isolation,
    does('initialize-quorum', 'initialize-log', 'mkdir-db', 'mesos-log'),
    does('initialize-quorum', 'set-aside-new-log', 'mkdir-db'),
    does('place-backup-on-one', 'place-backup'),
    does('run-recovery-tool', 'run-recovery-tool', 'recovery-tool'),
    does('start-quorum', 'start-scheduler', 'hostctl-start'),
    does('start-remaining', 'start-scheduler', 'hostctl-start'),
    ...backToNormal,
  ],
  'set-aside-log': [
    ...isolation,
    does('bring-back-log', 'bring-back-log', 'mkdir-db.bringing-R', 'rename-db'),
    does('start-schedulers', 'start-scheduler', 'hostctl-start'),
    ...backToNormal,
  ],
};

export function operationsOf(procedure: RestoreProcedure): readonly Operation[] {
  return forward[procedure];
}

/** Off-line and before the commit no scheduler runs, and the one host with the backup had it before. */
export function undoOperationsOf(procedure: RestoreProcedure, story: Scene['story']): readonly Operation[] {
  const { source, needsRecoveryTool } = procedures[procedure];
  const run = !needsRecoveryTool || story === 'go-back';
  return [
    does('undo-stop-schedulers', 'stop-scheduler', ...(run ? ['hostctl-stop'] : [])),
    does('undo-put-back-log', 'put-back-log', 'rename-db'),
    ...(source === 'backup' ? [does('undo-take-out-backup', 'take-out-backup')] : []),
    does('undo-restore-flags', 'restore-flags', 'rename-scheduler.flags'),
    does('undo-unblock-traffic', 'unblock-traffic', 'hostctl-unblock'),
    does('undo-start-schedulers', 'start-scheduler', 'hostctl-start'),
  ];
}
