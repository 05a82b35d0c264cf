/** What a restore could change, looked at from outside before and after: files, tasks, flags, and what ZooKeeper shows. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { axiosTransport } from '../../thrift/axios-transport.ts';
import { createSchedulerClient } from '../../thrift/client.ts';
import { createSchedulerReader } from '../../thrift/scheduler-reader.ts';
import { drillCluster } from './config-files.ts';
import type { DrillWorld } from './world.ts';

export interface WorldSnapshot {
  /** Per host: which directory the log is (by inode: a copy is another one), backups by hash, nothing half-made. */
  readonly files: unknown;
  /** Per host: flag file by hash and mode, traffic, service. */
  readonly flags: unknown;
  /** Running tasks in Mesos, tasks in the leader's store, and the roles of the hosts in ZooKeeper. */
  readonly tasks: unknown;
}

export async function takeSnapshot(world: DrillWorld): Promise<WorldSnapshot> {
  return {
    files: world.hosts.map(({ name, paths }) => {
      return { name, log: fs.statSync(paths.log).ino, backups: hashFiles(paths.backups) };
    }),
    flags: await Promise.all(
      world.hosts.map(async (host) => ({
        name: host.name,
        sha256: hashFile(host.paths.flags),
        mode: fs.statSync(host.paths.flags).mode,
        traffic: await host.readTraffic(),
        running: await host.isSchedulerRunning(),
      })),
    ),
    tasks: {
      mesos: world.mesos
        .tasks()
        .map((task) => `${task.taskId} ${task.state}`)
        .sort(),
      scheduler: await listSchedulerTasks(world),
      zookeeper: describeZooKeeper(world),
    },
  };
}

/** True per part when it is exactly as before. */
export function compareSnapshots(
  before: WorldSnapshot,
  after: WorldSnapshot,
): { files: boolean; tasks: boolean; flags: boolean } {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return {
    files: same(before.files, after.files),
    tasks: same(before.tasks, after.tasks),
    flags: same(before.flags, after.flags),
  };
}

function hashFiles(directory: string): Record<string, string> {
  return Object.fromEntries(
    fs
      .readdirSync(directory)
      .sort()
      .map((name) => [name, hashFile(join(directory, name))]),
  );
}

function hashFile(path: string): string {
  return createHash('sha256').update(fs.readFileSync(path)).digest('hex');
}

/** Whoever leads is asked; which host that is may change with any restart and is not a difference. */
async function listSchedulerTasks(world: DrillWorld): Promise<string[]> {
  for (const { address } of world.hosts) {
    const base = `http://${address.ip}:${address.httpPort}`;
    const health = await fetch(`${base}/leaderhealth`).then(
      (response) => response.status,
      () => 0,
    );
    if (health !== 200) continue;
    const transport = axiosTransport({ url: `${base}/api`, clock: world.clock });
    const reader = createSchedulerReader(
      createSchedulerClient({ transport, protocol: 'tjson', deadlineMs: 10_000 }),
    );
    const tasks = await reader.listTasks((rows) => Array.fromAsync(rows));
    return tasks.map((task) => `${task.taskId} ${task.status}`).sort();
  }
  return ['nobody leads'];
}

function describeZooKeeper(world: DrillWorld): unknown {
  const nodes = world.zookeeper.dump().filter((node) => node.ephemeralOwner !== null);
  const under = (path: string) => nodes.filter((node) => node.path.startsWith(`${path}/`));
  const scheduler = under(`/aurora/${drillCluster}/scheduler`);
  return {
    members: scheduler.filter((node) => node.path.includes('/member_')).length,
    candidates: scheduler
      .filter((node) => !node.path.includes('/member_'))
      .map((node) => node.data)
      .sort(),
    replicas: under(`/aurora/${drillCluster}/replicated-log`)
      .map((node) => node.data)
      .sort(),
  };
}
