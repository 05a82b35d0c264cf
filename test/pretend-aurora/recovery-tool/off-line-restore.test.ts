/**
 * The off-line procedure by hand on real scheduler processes: it ends as the recorded one did, and what was measured of
 * blank replicas (aurora.md 14 I, mesos.md 2.5) is true of the simulated ones, too.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hostPaths } from '../../../src/pretend-aurora/host/host-dir.ts';
import type { SceneHost } from '../../../src/pretend-aurora/scheduler/scene.ts';
import {
  type DrillCluster,
  logGroupPath,
  recoveryFlags,
  startDrillCluster,
  until,
} from '../scheduler/support/drill-cluster.ts';
import { reconcile, startNormally } from '../scheduler/support/staged-restore.ts';

const directory = path.join(import.meta.dirname, '../../fixtures/restore-recovery-tool');
const backupName = 'scheduler-backup-2026-11-23-16-36';
const outcome = z
  .object({
    inBackup: z.array(z.string()),
    runningOnMesosAtRestore: z.array(z.string()),
    killed: z.array(z.string()),
    lostAndRescheduled: z.array(z.string()),
    kept: z.array(z.string()),
    replacements: z.array(z.string()),
  })
  .parse(JSON.parse(fs.readFileSync(path.join(directory, 'outcome.json'), 'utf8')));
const program = path.join(import.meta.dirname, '../../../src/pretend-aurora/programs/recovery-tool.ts');
const toolFlag = /^-(native_log_file_path|native_log_zk_group_path|zk_endpoints)=/;

let cluster: DrillCluster;
let refilled: SceneHost;
let blank: SceneHost;
let third: SceneHost;

beforeEach(async () => {
  cluster = await startDrillCluster();
  const [one, two, three] = cluster.hosts;
  if (one === undefined || two === undefined || three === undefined) throw new Error('three hosts');
  [refilled, blank, third] = [one, two, three];
});
afterEach(() => cluster.close());

/** Stops everything and sets the logs aside; `initialized` hosts get a blank log, the others an empty directory. */
async function isolate(initialized: readonly SceneHost[]): Promise<void> {
  for (const host of cluster.hosts) await cluster.control(host, 'stop');
  await until('an empty log group', () => cluster.zookeeper.list(logGroupPath).length === 0);
  for (const host of cluster.hosts) {
    const { log } = hostPaths(host.directory);
    fs.renameSync(log, `${log}.set-aside`);
    fs.mkdirSync(log);
    // Twenty attempts are five minutes of Aurora's and six seconds here, in which a loaded machine may not start the next scheduler.
    cluster.setFlags(host, { ...recoveryFlags, native_log_election_retries: '10000' });
    if (initialized.includes(host)) await cluster.initializeLog(host);
  }
}

async function runTool(host: SceneHost): Promise<void> {
  const paths = hostPaths(host.directory);
  fs.copyFileSync(path.join(directory, backupName), path.join(paths.backups, backupName));
  const flags = fs
    .readFileSync(paths.flags, 'utf8')
    .split('\n')
    .filter((line) => toolFlag.test(line));
  const { stderr } = await promisify(execFile)(process.execPath, [
    program,
    `--drill-host=${host.directory}`,
    '-from=BACKUP',
    '-to=LOG',
    `-backup=${path.join(paths.backups, backupName)}`,
    '-native_log_quorum_size=1',
    ...flags,
  ]);
  expect(stderr).toMatch(/Copied 7 ops in \d+ ms/);
}

async function tasksOf(host: SceneHost): Promise<readonly string[]> {
  const { result } = await cluster.call(host, 'getTasksWithoutConfigs', { query: {} });
  const tasks = result.scheduleStatusResult?.tasks ?? [];
  return tasks.map((task) => task.assignedTask?.taskId ?? '').sort();
}

describe('an off-line restore', () => {
  it('restore-recovery-tool ends as it did on the real cluster', async () => {
    runOnMesos();
    await isolate([refilled, blank]);
    await runTool(refilled);

    await cluster.control(refilled, 'start');
    await cluster.control(blank, 'start');
    const elected = await cluster.findReady();
    const restored = await tasksOf(elected);
    await cluster.control(third, 'start');
    const leader = await startNormally(cluster);
    const seen = await reconcile(cluster, leader, {
      killed: outcome.killed.length,
      lost: outcome.lostAndRescheduled.length,
    });

    expect(restored).toEqual([...outcome.inBackup].sort());
    expect(seen.killed).toEqual([...outcome.killed].sort());
    expect(seen.lost).toEqual([...outcome.lostAndRescheduled].sort());
    expect(jobInstances(seen.launched)).toEqual(jobInstances(outcome.replacements));
    const running = cluster.master.tasks().map(({ taskId }) => taskId);
    expect(running.filter((id) => !seen.launched.includes(id)).sort()).toEqual([...outcome.kept].sort());
  });

  it('with all logs initialised, two blank hosts that start first agree on an empty log, and the refilled one is not asked', async () => {
    await isolate([refilled, blank, third]);
    await runTool(refilled);

    await cluster.control(blank, 'start');
    await cluster.control(third, 'start');
    const elected = await cluster.findReady();
    const first = await tasksOf(elected);
    await cluster.control(refilled, 'start');
    await until('the refilled host to join', () => cluster.zookeeper.list(logGroupPath).length === 3);
    const afterwards = await tasksOf(elected);

    expect(first).toEqual([]);
    expect(afterwards).toEqual([]);
  });

  it('with a quorum of logs initialised, the same two wait for the refilled one and lose nothing', async () => {
    await isolate([refilled, blank]);
    await runTool(refilled);

    await cluster.control(blank, 'start');
    await cluster.control(third, 'start');
    await until('elections in vain', () =>
      [blank, third].some((host) => cluster.output(host).includes('Failed to elect the log writer')),
    );
    const electedAlone = await Promise.all(
      [blank, third].map(async (host) => (await cluster.call(host, 'getRoleSummary')).code),
    );
    await cluster.control(refilled, 'start');
    const restored = await tasksOf(await cluster.findReady());

    expect(electedAlone).not.toContain('OK');
    expect(restored).toEqual([...outcome.inBackup].sort());
  });
});

function jobInstances(taskIds: readonly string[]): string[] {
  return taskIds.map((id) => id.slice(0, -37)).sort();
}

function runOnMesos(): void {
  const bytes = fs.readFileSync(path.join(directory, backupName)).toString('latin1');
  const frameworkId = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{4}/.exec(bytes)?.[0] ?? '';
  const { state } = cluster.master.cluster;
  const [framework] = state.frameworks;
  if (framework) framework.frameworkId = frameworkId;
  state.tasks.length = 0;
  for (const taskId of outcome.runningOnMesosAtRestore) {
    state.tasks.push({ taskId, name: taskId, frameworkId, agentId: 'agent-1', state: 'TASK_RUNNING', at: 0 });
  }
}
