/** Every operation by its name. */
import { backUpNow } from './back-up-now.ts';
import { blockTraffic } from './block-traffic.ts';
import { bringBackLog } from './bring-back-log.ts';
import { deleteStagedTasks } from './delete-staged-tasks.ts';
import { holdBackup } from './hold-backup.ts';
import { holdCopy } from './hold-copy.ts';
import { initializeLog } from './initialize-log.ts';
import type { OperationTable } from './operation.ts';
import { placeBackup } from './place-backup.ts';
import { putBackLog } from './put-back-log.ts';
import { receiveBackup } from './receive-backup.ts';
import { releaseCopy } from './release-copy.ts';
import { restoreFlags } from './restore-flags.ts';
import { runRecoveryTool } from './run-recovery-tool.ts';
import { commitRecovery, reconcileExplicit, reconcileImplicit } from './scheduler-calls.ts';
import { setAsideLog } from './set-aside-log.ts';
import { setAsideNewLog } from './set-aside-new-log.ts';
import { setFlags } from './set-flags.ts';
import { stageBackup } from './stage-backup.ts';
import { startScheduler } from './start-scheduler.ts';
import { stopScheduler } from './stop-scheduler.ts';
import { takeOutBackup } from './take-out-backup.ts';
import { unblockTraffic } from './unblock-traffic.ts';

export const operationTable: OperationTable = Object.freeze({
  'hold-backup': holdBackup,
  'receive-backup': receiveBackup,
  'stop-scheduler': stopScheduler,
  'start-scheduler': startScheduler,
  'block-traffic': blockTraffic,
  'unblock-traffic': unblockTraffic,
  'set-flags': setFlags,
  'restore-flags': restoreFlags,
  'set-aside-log': setAsideLog,
  'initialize-log': initializeLog,
  'set-aside-new-log': setAsideNewLog,
  'put-back-log': putBackLog,
  'bring-back-log': bringBackLog,
  'place-backup': placeBackup,
  'take-out-backup': takeOutBackup,
  'stage-backup': stageBackup,
  'delete-staged-tasks': deleteStagedTasks,
  'commit-recovery': commitRecovery,
  'run-recovery-tool': runRecoveryTool,
  'reconcile-explicit': reconcileExplicit,
  'reconcile-implicit': reconcileImplicit,
  'hold-copy': holdCopy,
  'release-copy': releaseCopy,
  'back-up-now': backUpNow,
});
