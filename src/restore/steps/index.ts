/** Every step by name. Adding one: see CONTRIBUTING.md, "To add a step". */
import type { PlanItem } from '../procedures/plan.ts';
import type { StepName } from '../record/facts.ts';
import type { RestoreState } from '../record/state.ts';
import type { Step } from '../step.ts';
import { blockTraffic } from './block-traffic.ts';
import { bringBackLog } from './bring-back-log.ts';
import { captureLiveTasks } from './capture-live-tasks.ts';
import { checkHosts } from './check-hosts.ts';
import { checkSetAside } from './check-set-aside.ts';
import { chooseBackup } from './choose-backup.ts';
import { commit } from './commit.ts';
import { confirmLeader } from './confirm-leader.ts';
import { findElectedStep } from './find-elected.ts';
import { holdBackup } from './hold-backup.ts';
import { initializeLog } from './initialize-log.ts';
import { initializeQuorum } from './initialize-quorum.ts';
import { placeBackup } from './place-backup.ts';
import { placeBackupOnOne } from './place-backup-on-one.ts';
import { preview } from './preview.ts';
import { undoPutBackLog } from './put-back-log.ts';
import { readOldState } from './read-old-state.ts';
import { releaseReconciliation } from './release-reconciliation.ts';
import { report } from './report.ts';
import { restoreFlags, undoRestoreFlags } from './restore-flags.ts';
import { runRecoveryTool } from './run-recovery-tool.ts';
import { secondLook } from './second-look.ts';
import { setAsideLog } from './set-aside-log.ts';
import { setRecoveryFlags } from './set-recovery-flags.ts';
import { soak } from './soak.ts';
import { stageBackup } from './stage-backup.ts';
import { startQuorum } from './start-quorum.ts';
import { startRemaining } from './start-remaining.ts';
import { startRestoredSchedulers } from './start-restored-schedulers.ts';
import { startSchedulers, undoStartSchedulers } from './start-schedulers.ts';
import { stopRecoverySchedulers, stopSchedulers, undoStopSchedulers } from './stop-schedulers.ts';
import { summariseBackup } from './summarise-backup.ts';
import { summariseStaged } from './summarise-staged.ts';
import { undoTakeOutBackup } from './take-out-backup.ts';
import { openTraffic, unblockTraffic, undoUnblockTraffic } from './unblock-traffic.ts';
import { undoConfirmLeader } from './undo-confirm-leader.ts';
import { verifyRestored } from './verify-restored.ts';

export const steps: { readonly [N in StepName]: Step<N> } = {
  'check-hosts': checkHosts,
  'choose-backup': chooseBackup,
  'check-set-aside': checkSetAside,
  'capture-live-tasks': captureLiveTasks,
  preview,
  'hold-backup': holdBackup,
  'stop-schedulers': stopSchedulers,
  'block-traffic': blockTraffic,
  'set-recovery-flags': setRecoveryFlags,
  'set-aside-log': setAsideLog,
  'initialize-log': initializeLog,
  'initialize-quorum': initializeQuorum,
  'place-backup-on-one': placeBackupOnOne,
  'summarise-backup': summariseBackup,
  'run-recovery-tool': runRecoveryTool,
  'start-quorum': startQuorum,
  'start-remaining': startRemaining,
  'bring-back-log': bringBackLog,
  'read-old-state': readOldState,
  'place-backup': placeBackup,
  'start-schedulers': startSchedulers,
  'find-elected': findElectedStep,
  'stage-backup': stageBackup,
  'summarise-staged': summariseStaged,
  commit,
  'verify-restored': verifyRestored,
  'stop-recovery-schedulers': stopRecoverySchedulers,
  'restore-flags': restoreFlags,
  'start-restored-schedulers': startRestoredSchedulers,
  'confirm-leader': confirmLeader,
  'second-look': secondLook,
  'open-traffic': openTraffic,
  'unblock-traffic': unblockTraffic,
  'release-reconciliation': releaseReconciliation,
  soak,
  report,
  'undo-stop-schedulers': undoStopSchedulers,
  'undo-put-back-log': undoPutBackLog,
  'undo-take-out-backup': undoTakeOutBackup,
  'undo-restore-flags': undoRestoreFlags,
  'undo-unblock-traffic': undoUnblockTraffic,
  'undo-start-schedulers': undoStartSchedulers,
  'undo-confirm-leader': undoConfirmLeader,
};

/** What a step is called for people, in whichever plan it stands. */
export function titleOfStep(name: StepName): string {
  return steps[name].title;
}

/** What a reader would ask about a step that is done; empty before, and where there is nothing to say. */
export function noteOf<N extends StepName>(name: N, state: RestoreState): string {
  const step: Step<N> = steps[name];
  const facts = state.facts[name];
  return facts === undefined ? '' : (step.note?.(facts, state) ?? '');
}

const otherTitles = {
  stop: 'Approval to stop',
  commit: 'Sign-off of the commit',
  'go-back': 'Sign-off of going back',
} as const;

/** The same for everything that stands in a plan. */
export function titleOf(item: PlanItem): string {
  switch (item.kind) {
    case 'step':
      return titleOfStep(item.name);
    case 'gate':
      return otherTitles[item.name];
    case 'look':
      return 'Second look: let it reconcile or go back';
  }
}
