/** Every fault there is, in the order in which they are offered. */
import { unlivableBackup } from './backup-faults.ts';
import type { Fault } from './fault.ts';
import { foreignCommit, foreignEdit, foreignStaging, foreignUnload } from './foreign-faults.ts';
import { killedAtCommit, killedInCommit, killedWhileStaging, longPauseWhileStaging } from './held-faults.ts';
import { hostCutOff, hostPowerLost } from './machine-faults.ts';
import { agentKilled, agentLost, botKilled, hostLost } from './program-faults.ts';
import { leaderFrozen, leaderMoves, logQuorumLost, schedulerKilled } from './scheduler-faults.ts';
import { foreignReconcile, restartedInSecondLook } from './second-look-faults.ts';
import { masterRestarts, mesosAway, slackAway, zookeeperAway } from './service-faults.ts';
import { commitReplyLost, oldLogLeft } from './storage-faults.ts';
import { allDeadButRunning, twoElected } from './zookeeper-faults.ts';

export const faults: readonly Fault[] = Object.freeze([
  leaderMoves,
  leaderFrozen,
  schedulerKilled,
  killedWhileStaging,
  killedAtCommit,
  killedInCommit,
  longPauseWhileStaging,
  twoElected,
  allDeadButRunning,
  hostLost,
  hostCutOff,
  hostPowerLost,
  agentLost,
  agentKilled,
  botKilled,
  zookeeperAway,
  slackAway,
  mesosAway,
  masterRestarts,
  foreignUnload,
  foreignEdit,
  foreignCommit,
  foreignStaging,
  foreignReconcile,
  restartedInSecondLook,
  commitReplyLost,
  logQuorumLost,
  oldLogLeft,
  unlivableBackup,
]);
