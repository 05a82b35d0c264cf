import fs from 'node:fs';
import { hostPaths } from '../../../../src/pretend-aurora/host/host-dir.ts';
import type { SceneHost } from '../../../../src/pretend-aurora/scheduler/scene.ts';
import { type DrillCluster, recoveryFlags, until } from './drill-cluster.ts';

/**
 * Stops everything, sets the logs aside, initialises new ones and starts in recovery mode. Returns the
 * elected, READY host.
 */
export async function enterRecoveryMode(cluster: DrillCluster): Promise<SceneHost> {
  for (const host of cluster.hosts) await cluster.control(host, 'stop');
  for (const host of cluster.hosts) {
    const { log } = hostPaths(host.directory);
    fs.renameSync(log, `${log}.set-aside`);
    cluster.setFlags(host, recoveryFlags);
    await cluster.initializeLog(host);
  }
  for (const host of cluster.hosts) await cluster.control(host, 'start');
  return cluster.findReady();
}

/** Starts every scheduler with normal flags and a far reconciliation. Returns the leader. */
export async function startNormally(cluster: DrillCluster): Promise<SceneHost> {
  for (const host of cluster.hosts) await cluster.control(host, 'stop');
  for (const host of cluster.hosts) {
    cluster.setFlags(host, {
      mesos_master_address: 'zk://masters/mesos',
      max_registration_delay: '60mins',
      reconciliation_initial_delay: '365days',
    });
  }
  for (const host of cluster.hosts) await cluster.control(host, 'start');
  const leader = await cluster.findInState('ACTIVE');
  await until('the member node', () =>
    cluster.zookeeper.list('/aurora/east/scheduler').some((name) => name.startsWith('member_')),
  );
  return leader;
}

/** Releases both reconciliations by hand, explicit first, and tells what became of the tasks. Ids sorted. */
export async function reconcile(
  cluster: DrillCluster,
  leader: SceneHost,
  expected: { killed: number; lost: number },
): Promise<Reconciled> {
  expectOk(await cluster.call(leader, 'triggerExplicitTaskReconciliation', { settings: {} }));
  await untilReconciled(cluster, { lost: expected.lost, killed: 0 });
  expectOk(await cluster.call(leader, 'triggerImplicitTaskReconciliation'));
  return await untilReconciled(cluster, expected);
}

/** The same where nobody can ask for it: a restart with a near reconciliation. */
export async function reconcileByTimer(
  cluster: DrillCluster,
  expected: { killed: number; lost: number },
): Promise<Reconciled> {
  for (const host of cluster.hosts) {
    await cluster.control(host, 'stop');
    cluster.setFlags(host, {
      reconciliation_initial_delay: '1mins',
      reconciliation_schedule_spread: '1mins',
    });
    cluster.setWorld(host, { time: { msPerSecond: 20, msPerMinute: 300 } });
  }
  for (const host of cluster.hosts) await cluster.control(host, 'start');
  return await untilReconciled(cluster, expected);
}

interface Reconciled {
  readonly killed: string[];
  readonly lost: string[];
  readonly launched: string[];
}

async function untilReconciled(
  { master }: DrillCluster,
  expected: { killed: number; lost: number },
): Promise<Reconciled> {
  const ids = (kind: string) =>
    master
      .events()
      .flatMap((event) => (event.kind === kind && event.taskId !== undefined ? [event.taskId] : []))
      .sort();
  await until('the lost tasks to be launched again', () => ids('launched').length >= expected.lost);
  await until('the unknown tasks to be killed', () => ids('killed').length >= expected.killed);
  return { killed: ids('killed'), lost: ids('lost'), launched: ids('launched') };
}

function expectOk(reply: { code: string; messages: readonly unknown[] }): void {
  if (reply.code !== 'OK') throw new Error(`${reply.code}: ${JSON.stringify(reply.messages)}`);
}
