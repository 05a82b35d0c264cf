/** The cluster `east` of the engine's tests: what runs, what the backup holds, what the configuration says. */
import type { BackupFile } from '../../../src/aurora/backups.ts';
import type { Cluster, Policy, Procedure } from '../../../src/aurora/cluster.ts';
import type { HostPaths } from '../../../src/aurora/hosts.ts';
import { releaseOf } from '../../../src/aurora/releases.ts';
import type { TaskRow } from '../../../src/aurora/tasks.ts';
import { minute, policy, startedAt } from './story.ts';

export const hostNames = ['aurora-1', 'aurora-2', 'aurora-3'] as const;
export const frameworkId = 'fw-1';

function task(name: string, instanceId: number): TaskRow {
  return {
    taskId: `www-prod-${name}-${instanceId}`,
    jobKey: { role: 'www', environment: 'prod', name },
    instanceId,
    status: 'RUNNING',
  };
}

const kept = [0, 1, 2].map((instance) => task('web', instance));
const vanished = task('bidder', 0);
const newer = task('late', 0);

/** What the backup holds: `bidder` has vanished since, `late` did not exist yet. */
export const backupTasks: readonly TaskRow[] = [...kept, vanished];
/** What runs, and what the old logs hold. */
export const runningTasks: readonly TaskRow[] = [...kept, newer];
/** The blast radius of the two, as aurora.md 11.3 has it. */
export const predicted = { killed: 1, rescheduled: 1, kept: 3 };

export const backupName = 'scheduler-backup-2026-11-23-16-30';
export const backupSha256 = 'ab'.repeat(32);
export const backupFile: BackupFile = {
  name: backupName,
  bytes: 1_800,
  mtimeMs: startedAt - 10 * minute,
  report: {
    file: backupName,
    bytes: 1_800,
    sha256: backupSha256,
    complete: true,
    verdict: 'ok',
    reasons: [],
    trailingBytes: 0,
    timestampMs: startedAt - 10 * minute,
    frameworkId,
    tasks: { total: backupTasks.length, byStatus: { RUNNING: backupTasks.length } },
    jobs: 2,
    roles: 1,
    cronJobs: 0,
    quotas: 0,
    jobUpdates: 0,
    hostAttributes: 0,
    maintenanceRequests: 0,
    hasDbScript: false,
  },
};

/** What a pretend cluster is about: the tasks in its old logs, which run, and the backup that agents list. */
export interface Scene {
  readonly frameworkId: string;
  readonly runningTasks: readonly TaskRow[];
  readonly backup: BackupFile;
  readonly backupTasks: readonly TaskRow[];
}

export const standardScene: Scene = { frameworkId, runningTasks, backup: backupFile, backupTasks };

/** The flag file of every host before a restore. */
export const originalFlags: Readonly<Record<string, string>> = {
  backup_dir: '/var/aurora/backups',
  cluster_name: 'east',
  mesos_master_address: 'zk://zk-1:2181/mesos/master',
  native_log_file_path: '/var/aurora/db',
  native_log_quorum_size: '2',
  native_log_zk_group_path: '/aurora/east/replicated-log',
  serverset_path: '/aurora/east/scheduler',
  zk_endpoints: 'zk-1:2181',
};

/** Where the agent of every host works. */
export const hostPaths: HostPaths = {
  roots: ['/var/aurora', '/var/aurora/backups', '/etc/default', '/var/lib/aurora-chatops'],
  log: { path: '/var/aurora/db', real: '/var/aurora/db', movable: true },
  flags: { path: '/etc/default/aurora', real: '/etc/default/aurora', movable: true },
  backups: { path: '/var/aurora/backups', real: '/var/aurora/backups' },
};

export const east: Cluster = {
  name: 'east',
  auroraVersion: '0.22.0',
  hosts: hostNames.map((name) => ({
    name,
    agent: `http://${name}:7000`,
    advertised: name,
    httpPort: 8081,
    libprocess: `${name}:8083`,
  })),
  zookeeper: {
    servers: ['zk-1:2181'],
    serversetPath: '/aurora/east/scheduler',
    logGroupPath: '/aurora/east/replicated-log',
  },
  mesos: { masters: ['http://mesos-1:5050'] },
  channel: 'C1',
  policy,
  waits: {
    pollMs: 1_000,
    stopGraceMs: 10_000,
    logGroupEmptyMs: 40_000,
    electionMs: 60_000,
    registrationMs: 60_000,
    soakMs: 60_000,
    agentDeadlineMs: 30_000,
  },
};

/** Another cluster of the same shape: `name`-1 to 3 are its hosts, and the second has the backup. */
export function clusterOf(changes: {
  name?: string;
  auroraVersion?: string;
  procedure?: Procedure;
  policy?: Partial<Policy>;
}): Cluster {
  const { name = east.name, auroraVersion = east.auroraVersion, procedure } = changes;
  const names = name === east.name ? hostNames : hostNames.map((_host, index) => `${name}-${index + 1}`);
  return {
    ...east,
    name,
    auroraVersion,
    ...(procedure !== undefined && { procedure }),
    policy: { ...policy, ...changes.policy },
    hosts: names.map((host) => ({
      name: host,
      agent: `http://${host}:7000`,
      advertised: host,
      httpPort: 8081,
      libprocess: `${host}:8083`,
    })),
  };
}

/** The flag file of the hosts of this cluster before a restore; with timers short enough to be waited for in a test. */
export function flagsOf({ auroraVersion }: Cluster): Readonly<Record<string, string>> {
  switch (releaseOf(auroraVersion).reconciliation) {
    case 'by-executor':
      return {
        ...originalFlags,
        gc_executor_path: '/usr/share/aurora/gc.pex',
        executor_gc_interval: '5mins',
      };
    case 'by-timer':
      return {
        ...originalFlags,
        reconciliation_initial_delay: '1mins',
        reconciliation_schedule_spread: '3mins',
      };
    case 'on-call':
      return originalFlags;
  }
}
