/** A cluster whose agents answer from recorded backups; everything a command can ask, without hosts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BackupFile } from '../../../src/aurora/backups.ts';
import type { Cluster } from '../../../src/aurora/cluster.ts';
import type { HeldCopy } from '../../../src/aurora/errands.ts';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { HostAgent, HostStatus } from '../../../src/aurora/hosts.ts';
import type { LeaderAnswer } from '../../../src/aurora/leader.ts';
import type { LiveTask } from '../../../src/aurora/mesos.ts';
import { collectOutline } from '../../../src/aurora/outline.ts';
import { inspectBackup, readBackupFile } from '../../../src/backups/inspect-backup.ts';
import { readOutline } from '../../../src/backups/read-outline.ts';
import { readTaskRows } from '../../../src/backups/task-rows.ts';
import type { ClusterAccess } from '../../../src/restore/ports.ts';
import { policy } from '../../restore/support/story.ts';
import { oneByOne } from '../../support/whole-list.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const files: Readonly<Record<string, string>> = {
  'scheduler-backup-2026-11-23-16-30': join(fixtures, 'restore-staged/scheduler-backup-2026-11-23-16-30'),
  'scheduler-backup-2026-11-23-15-30': join(fixtures, 'backups/odd/gzip'),
  'scheduler-backup-2026-11-23-14-30': join(fixtures, 'backups/odd/cut-third'),
  'scheduler-backup-2026-11-23-16-25': join(
    fixtures,
    'restore-committed-too-early/scheduler-backup-2026-11-23-16-25',
  ),
  // Newer than all of them by what is in them.
  'scheduler-backup-2026-11-29-22-49': join(fixtures, 'backups/lived-on/recorded-tasks-without-events'),
  'scheduler-backup-2026-11-29-22-30': join(fixtures, 'backups/lived-on/drop-8-1'),
};

export const east: Cluster = {
  name: 'east',
  auroraVersion: '0.22.0',
  hosts: [1, 2, 3].map((n) => ({
    name: `aurora-${n}`,
    agent: `http://10.0.3.1${n}:8084`,
    advertised: `10.0.3.1${n}`,
    httpPort: 8081,
    libprocess: `10.0.3.1${n}:8083`,
  })),
  zookeeper: { servers: ['zk:2181'], serversetPath: '/aurora/scheduler', logGroupPath: '/aurora/log' },
  mesos: { masters: ['mesos:5050'] },
  channel: 'C0OPS',
  policy: { ...policy, approvers: ['U0ANA'], approverGroups: ['S0ONCALL'] },
  waits: {
    pollMs: 10,
    stopGraceMs: 10,
    logGroupEmptyMs: 10,
    electionMs: 10,
    registrationMs: 10,
    soakMs: 10,
    agentDeadlineMs: 10,
  },
};

/** A host that leads nothing: one that runs, answers and stands by. */
export function statusOf(host: string, changes: Partial<HostStatus> = {}): HostStatus {
  return {
    host,
    agentVersion: '0.1.0',
    auroraVersion: '0.22.0',
    clockMs: 0,
    scheduler: {
      service: 'running',
      pid: 7,
      httpPortOpen: true,
      libprocessPortOpen: true,
      logLockHeld: true,
      instance: 'boot/7/1',
      processFlags: {},
    },
    log: { exists: true, files: 9, bytes: 4096 },
    flags: { sha256: 'ef'.repeat(32), values: {} },
    traffic: 'open',
    mesosLog: { present: true },
    disk: { freeBytes: 1e12 },
    backupDir: { path: '/var/db/backups', writable: true, files: 1 },
    vars: { scheduler_lifecycle_STORAGE_PREPARED: 1, jvm_uptime_secs: 100 },
    leaderHealth: 503,
    ...changes,
  };
}

export const leading: Partial<HostStatus> = {
  vars: { scheduler_lifecycle_ACTIVE: 1, framework_registered: 1, jvm_uptime_secs: 273_600 },
  leaderHealth: 200,
};

const oneLeads: LeaderAnswer = {
  kind: 'one',
  endpoint: { host: '10.0.3.12', port: 8081 },
  node: 'member_0000000007',
  candidates: [],
};

export function unreachable(host: string): AuroraError {
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent on ${host} does not answer.`,
    hint: `On ${host}: \`systemctl start aurora-chatops-agent\`.`,
  });
}

/** An agent that reads; asking it to change anything is a mistake of the test. */
export function readingAgent(
  host: string,
  seen: {
    status?: HostStatus | AuroraError;
    backups?: readonly string[] | AuroraError;
    ready?: boolean;
    live?: string;
    held?: readonly HeldCopy[];
  },
): HostAgent {
  const answer = <T>(value: T | AuroraError): Promise<T> =>
    value instanceof AuroraError ? Promise.reject(value) : Promise.resolve(value);
  const never = (): never => {
    throw new Error('a command changes nothing on a host');
  };
  const listBackups = async (): Promise<BackupFile[]> =>
    await Promise.all((await answer(seen.backups ?? [])).map(fileOf));
  return {
    host,
    readStatus: () => answer(seen.status ?? statusOf(host)),
    listBackups,
    listKnownBackups: async () => ({ files: await listBackups(), reading: [] }),
    inspectBackup: async (name) => (await fileOf(name)).report,
    readBackupTasks: (name) => readTaskRows(files[name] ?? ''),
    readBackupOutline: (name) => readOutline(readBackupFile(files[name] ?? ''), name),
    readLiveOutline: async () => ({
      ...(await collectOutline(readOutline(readBackupFile(seen.live ?? ''), 'now'))),
      frameworkId: null,
    }),
    listHeldCopies: () => Promise.resolve(seen.held ?? []),
    readHeldBackup: never,
    uploadBackup: never,
    perform: never,
    readOperation: never,
    digestStaged: () => Promise.resolve(null),
    scheduler: {
      isStorageReady: () => Promise.resolve(seen.ready === true),
      listTasks: (consume) => consume(oneByOne([])),
      queryStaged: () => Promise.resolve(null),
      listBackups: () => Promise.resolve([]),
      readReleaseSigns: () => Promise.resolve([]),
    },
  };
}

/** A recorded backup under the name that a host has it by. */
async function fileOf(name: string): Promise<BackupFile> {
  const report = await inspectBackup(files[name] ?? '');
  return { name, bytes: report.bytes, mtimeMs: 0, report };
}

/** `east` with one leader, backups on two hosts, and the running tasks of the recording. */
export async function eastAccess(changes: Partial<ClusterAccess> = {}): Promise<ClusterAccess> {
  const outcome = z
    .object({ runningOnMesosAtRestore: z.array(z.string()) })
    .parse(JSON.parse(await readFile(join(fixtures, 'restore-staged/outcome.json'), 'utf8')));
  const live: LiveTask[] = outcome.runningOnMesosAtRestore.map((taskId) => ({
    taskId,
    name: taskId.split('-').slice(0, 3).join('/'),
    agentId: 'S1',
    state: 'TASK_RUNNING',
  }));
  return {
    cluster: east,
    agents: [
      readingAgent('aurora-1', { backups: ['scheduler-backup-2026-11-23-15-30'] }),
      readingAgent('aurora-2', {
        status: statusOf('aurora-2', leading),
        backups: ['scheduler-backup-2026-11-23-16-30', 'scheduler-backup-2026-11-23-14-30'],
        live: join(fixtures, 'restore-recovery-tool/scheduler-backup-2026-11-23-16-36'),
      }),
      readingAgent('aurora-3', { backups: ['scheduler-backup-2026-11-23-16-30'] }),
    ],
    leader: {
      findLeader: () => Promise.resolve(oneLeads),
      listLogReplicas: () =>
        Promise.resolve(
          [1, 2, 3].map((n) => ({ node: `${n}`, address: `log-replica(1)@10.0.3.1${n}:8083` })),
        ),
      watch: () => () => undefined,
      close: () => Promise.resolve(),
    },
    mesos: {
      listLiveTasks: (_frameworkId, consume) => consume(oneByOne(live)),
      listFrameworks: () => Promise.resolve([]),
    },
    ...changes,
  };
}
