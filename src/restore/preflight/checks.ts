/**
 * The checks of `check-hosts`, in the order in which they are told. A new one is one entry here: a pure function over the
 * reading. What cannot be seen is a warning that says so, never a pass.
 */
import { authentication } from './checks/authentication.ts';
import { backupDirectory } from './checks/backup-directory.ts';
import { backupTime } from './checks/backup-time.ts';
import { certificates } from './checks/certificates.ts';
import { clockSkew } from './checks/clock-skew.ts';
import { diskRoom } from './checks/disk-room.ts';
import { endpoints } from './checks/endpoints.ts';
import { failoverTime } from './checks/failover-time.ts';
import { flagsAgree } from './checks/flags-agree.ts';
import { grantKeys } from './checks/grant-keys.ts';
import { history } from './checks/history.ts';
import { hostsReachable } from './checks/hosts-reachable.ts';
import { identity } from './checks/identity.ts';
import { livableBackup } from './checks/livable-backup.ts';
import { paths } from './checks/paths.ts';
import { people } from './checks/people.ts';
import { provenBackup } from './checks/proven-backup.ts';
import { quorumSize } from './checks/quorum-size.ts';
import { recoveryFlagsFit } from './checks/recovery-flags-fit.ts';
import { configuredRelease, shownRelease } from './checks/release.ts';
import { restarts } from './checks/restarts.ts';
import { stagedRecovery } from './checks/staged-recovery.ts';
import { mesosLog, recoveryTool } from './checks/tools.ts';
import { trafficBlocked, trafficDriver } from './checks/traffic.ts';
import { zookeeperGroups, zookeeperPaths } from './checks/zookeeper.ts';
import type { Check } from './finding.ts';

export const preflightChecks: readonly Check[] = [
  hostsReachable,
  configuredRelease,
  grantKeys,
  mesosLog,
  backupDirectory,
  livableBackup,
  provenBackup,
  backupTime,
  diskRoom,
  trafficBlocked,
  quorumSize,
  flagsAgree,
  shownRelease,
  recoveryTool,
  recoveryFlagsFit,
  paths,
  clockSkew,
  certificates,
  authentication,
  people,
  stagedRecovery,
  failoverTime,
  zookeeperGroups,
  zookeeperPaths,
  history,
  identity,
  endpoints,
  restarts,
  trafficDriver,
];
