import type { AlarmKind } from '../alarm.ts';
import {
  backupBroken,
  backupEmpty,
  backupForeign,
  backupLate,
  backupShrinking,
  lastBackupRotates,
  noBackup,
} from './backups.ts';
import { agentSilent, diskFilling, hostsDisagree } from './hosts.ts';
import { leaderRestarts, logQuorumShort, nobodyLeads } from './leader.ts';
import { cannotSee, certificateEnds, failoverRuns, proofOld, proofRefuted } from './surroundings.ts';

/** Every kind, in the order of the manual. */
export const alarmKinds: readonly AlarmKind[] = [
  noBackup,
  backupLate,
  backupBroken,
  backupEmpty,
  backupForeign,
  backupShrinking,
  lastBackupRotates,
  proofOld,
  proofRefuted,
  nobodyLeads,
  leaderRestarts,
  logQuorumShort,
  failoverRuns,
  hostsDisagree,
  agentSilent,
  diskFilling,
  certificateEnds,
  cannotSee,
];
