import fs from 'node:fs';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';
import type { SceneHost } from '../../../src/pretend-aurora/scheduler/scene.ts';
import {
  type ClusterUnderTest,
  describeRecordedRestores,
  type Said,
  type StartCluster,
} from '../../contracts/recorded-restores.ts';
import { startDrillCluster, until } from './support/drill-cluster.ts';
import type { SchedulerReply } from './support/scheduler-call.ts';
import { enterRecoveryMode, reconcile, reconcileByTimer, startNormally } from './support/staged-restore.ts';

const start: StartCluster = async ({ auroraVersion, running, backup }): Promise<ClusterUnderTest> => {
  const cluster = await startDrillCluster({ auroraVersion });
  const { state } = cluster.master.cluster;
  const { frameworkId } = backup;
  for (const framework of state.frameworks) framework.frameworkId = frameworkId;
  state.tasks.splice(
    0,
    state.tasks.length,
    ...running.map((taskId) => ({
      taskId,
      name: taskId,
      frameworkId,
      agentId: 'agent-1',
      state: 'TASK_RUNNING',
      at: 0,
    })),
  );
  let elected: SceneHost;
  return {
    enterRecoveryMode: async () => {
      elected = await enterRecoveryMode(cluster);
      fs.writeFileSync(`${hostPaths(elected.directory).backups}/${backup.name}`, backup.bytes);
    },
    isRegistered: async () => (await cluster.vars(elected))?.['framework_registered'] === 1,
    stage: async (backupId) => said(await cluster.call(elected, 'stageRecovery', { backupId })),
    listStaged: async () => {
      const { result } = await cluster.call(elected, 'queryRecovery', { query: {} });
      return (result.queryRecoveryResult?.tasks ?? [])
        .map(({ assignedTask }) => assignedTask?.taskId ?? '')
        .sort();
    },
    commit: async () => said(await cluster.call(elected, 'commitRecovery')),
    findWhatBecameOfCommitter: async () => {
      await until('its port to close', async () => (await cluster.vars(elected)) === null);
      await cluster.findReady();
      return cluster.pid(elected) === null ? 'ended' : 'lives on';
    },
    startNormally: async () => {
      elected = await startNormally(cluster);
    },
    registeredAs: async () =>
      state.frameworks.find(({ unregisteredAt }) => unregisteredAt === null)?.frameworkId ?? null,
    reconcile: async ({ killed, launched }) => {
      const expected = { killed, lost: launched };
      if (auroraVersion === '0.9.0') await reconcileByTimer(cluster, expected);
      else await reconcile(cluster, elected, expected);
    },
    running: () =>
      cluster.master
        .tasks()
        .map(({ taskId }) => taskId)
        .sort(),
    close: () => cluster.close(),
  };
};

describeRecordedRestores('schedulers that are processes', start);

function said({ code, messages }: SchedulerReply): Said {
  if (code === 'no-reply') return { answer: code, messages: [] };
  return { answer: code === 'OK' ? 'ok' : 'error', messages: messages.map(String) };
}
