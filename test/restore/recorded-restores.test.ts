import type { OperationKind, OperationParams } from '../../src/aurora/operations.ts';
import { jobKeyText } from '../../src/aurora/tasks.ts';
import { readTaskRows } from '../../src/backups/task-rows.ts';
import { describeRecordedRestores, type StartCluster } from '../contracts/recorded-restores.ts';
import { FakeClock } from './support/fake-clock.ts';
import { PretendCluster, type PretendHost } from './support/pretend-cluster.ts';
import { pretendEffects } from './support/pretend-operations.ts';
import { backupName, clusterOf, frameworkId } from './support/pretend-scene.ts';
import { startedAt } from './support/story.ts';

/** Longer than any election, session or registration of it. */
const longEnoughMs = 60_000;
const recoveryFlags = {
  mesos_master_address: 'zk://localhost:1111/mesos/master',
  reconciliation_initial_delay: '365days',
};

const start: StartCluster = async ({ auroraVersion, running, backup }) => {
  const clock = new FakeClock(startedAt);
  const cluster = new PretendCluster(clock, clusterOf({ auroraVersion }));
  cluster.backupRows = await Array.fromAsync(readTaskRows(backup.path));
  const jobs = new Map(cluster.backupRows.map((row) => [row.taskId, jobKeyText(row.jobKey)]));
  cluster.live.clear();
  for (const taskId of running) cluster.live.set(taskId, jobs.get(taskId) ?? jobOf(taskId));
  const act = <K extends OperationKind>(host: PretendHost, kind: K, params: OperationParams[K]) =>
    pretendEffects[kind]({ cluster, host }, params);
  const settle = (): PretendHost => {
    // The election first, then what counts from it.
    for (let look = 0; look < 3; look += 1) {
      cluster.look();
      clock.pass(longEnoughMs);
    }
    return cluster.host(cluster.look().host ?? '');
  };
  let elected: PretendHost;
  return {
    enterRecoveryMode: async () => {
      for (const host of cluster.hosts) {
        act(host, 'stop-scheduler', { graceMs: 1_000 });
        act(host, 'set-aside-log', {});
        act(host, 'set-flags', { flags: recoveryFlags });
        act(host, 'initialize-log', {});
      }
      for (const host of cluster.hosts) act(host, 'start-scheduler', {});
      elected = settle();
      elected.backups = new Set([backupName]);
    },
    isRegistered: async () => cluster.look().registered,
    // It knows one backup, by a name of its own.
    stage: async (name) => {
      const { evidence } = act(elected, 'stage-backup', { name: name === backup.name ? backupName : name });
      return { answer: evidence.answer === 'ok' ? 'ok' : 'error', messages: evidence.messages };
    },
    listStaged: async () => (elected.staged ?? []).map(({ taskId }) => taskId).sort(),
    commit: async () => {
      const { answer, messages } = act(elected, 'commit-recovery', {}).evidence;
      if (answer === 'no-reply') return { answer, messages: [] };
      return { answer: answer === 'ok' ? 'ok' : 'error', messages };
    },
    findWhatBecameOfCommitter: async () => {
      settle();
      return elected.service === 'stopped' ? 'ended' : 'lives on';
    },
    startNormally: async () => {
      for (const host of cluster.hosts) {
        act(host, 'stop-scheduler', { graceMs: 1_000 });
        act(host, 'restore-flags', {});
        host.flags = { ...host.flags, reconciliation_initial_delay: '365days' };
      }
      for (const host of cluster.hosts) act(host, 'start-scheduler', {});
      elected = settle();
    },
    // It has one framework, by an id of its own.
    registeredAs: async () =>
      cluster.connected === frameworkId && cluster.frameworks.size === 1
        ? backup.frameworkId
        : cluster.connected,
    reconcile: async () => {
      if (cluster.release.reconciliation === 'on-call') {
        act(elected, 'reconcile-explicit', {});
        act(elected, 'reconcile-implicit', {});
        return;
      }
      const timers = { reconciliation_initial_delay: '1mins', reconciliation_schedule_spread: '1mins' };
      for (const host of cluster.hosts) {
        act(host, 'stop-scheduler', { graceMs: 1_000 });
        act(host, 'set-flags', { flags: timers });
        act(host, 'start-scheduler', {});
      }
      settle();
      clock.pass(10 * longEnoughMs);
      cluster.look();
    },
    running: () => [...cluster.live.keys()].map(asLaunched).sort(),
    close: () => Promise.resolve(),
  };
};

describeRecordedRestores('schedulers in memory', start);

/** A replacement is called as what it replaces, and `-again`. */
function asLaunched(taskId: string): string {
  return taskId.endsWith('-again') ? taskId.replace(/.{36}-again$/, '0'.repeat(36)) : taskId;
}

function jobOf(taskId: string): string {
  return taskId.slice(0, -37);
}
