/** Every kind of operation. One that is missing in another place of the product does not compile. */
import { backUpNow } from './back-up-now.ts';
import { blockTraffic } from './block-traffic.ts';
import { bringBackLog } from './bring-back-log.ts';
import { commitRecovery } from './commit-recovery.ts';
import { deleteStagedTasks } from './delete-staged-tasks.ts';
import { holdBackup } from './hold-backup.ts';
import { holdCopy } from './hold-copy.ts';
import { initializeLog } from './initialize-log.ts';
import { placeBackup } from './place-backup.ts';
import { putBackLog } from './put-back-log.ts';
import { receiveBackup } from './receive-backup.ts';
import { reconcileExplicit } from './reconcile-explicit.ts';
import { reconcileImplicit } from './reconcile-implicit.ts';
import { releaseCopy } from './release-copy.ts';
import { restoreFlags } from './restore-flags.ts';
import { runRecoveryTool } from './run-recovery-tool.ts';
import { setAsideLog } from './set-aside-log.ts';
import { setAsideNewLog } from './set-aside-new-log.ts';
import { setFlags } from './set-flags.ts';
import { stageBackup } from './stage-backup.ts';
import { startScheduler } from './start-scheduler.ts';
import { stopScheduler } from './stop-scheduler.ts';
import { takeOutBackup } from './take-out-backup.ts';
import { unblockTraffic } from './unblock-traffic.ts';

/** In the order in which people read them. */
const definitions = [
  holdBackup,
  receiveBackup,
  stopScheduler,
  startScheduler,
  blockTraffic,
  unblockTraffic,
  setFlags,
  restoreFlags,
  setAsideLog,
  initializeLog,
  setAsideNewLog,
  putBackLog,
  bringBackLog,
  placeBackup,
  takeOutBackup,
  stageBackup,
  deleteStagedTasks,
  commitRecovery,
  runRecoveryTool,
  reconcileExplicit,
  reconcileImplicit,
  holdCopy,
  releaseCopy,
  backUpNow,
] as const;

type Definition = (typeof definitions)[number];

export const operationKinds: readonly Definition['kind'][] = definitions.map(({ kind }) => kind);

/** By kind, which is what `fromEntries` cannot tell a compiler. */
export const operationDefinitions = Object.fromEntries(
  definitions.map((definition) => [definition.kind, definition]),
) as { readonly [D in Definition as D['kind']]: D };
