import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DrillCluster, startDrillCluster } from './support/drill-cluster.ts';
import { enterRecoveryMode, reconcile, reconcileByTimer, restore } from './support/staged-restore.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures');

const outcomeSchema = z.object({
  runningOnMesosAtRestore: z.array(z.string()),
  killed: z.array(z.string()),
  lostAndRescheduled: z.array(z.string()),
  kept: z.array(z.string()),
  /** The recordings of older releases call them by when they were launched. */
  replacements: z.array(z.string()).optional(),
  launchedAfterwards: z.array(z.string()).optional(),
});

let cluster: DrillCluster;

afterEach(() => cluster.close());

describe('a recorded restore, put to the simulated cluster', () => {
  it.each(['restore-staged', 'restore-outcomes/101', 'restore-outcomes/104', 'restore-recovery-tool'])(
    '%s ends as it did on the real one',
    async (name) => {
      const { outcome, backup, bytes } = readRestore(name);
      cluster = await startDrillCluster();
      runOnMesos(cluster, outcome.runningOnMesosAtRestore, frameworkIdIn(bytes));

      const elected = await enterRecoveryMode(cluster);
      const leader = await restore(cluster, elected, { name: backup, bytes });
      const seen = await reconcile(cluster, leader, {
        killed: outcome.killed.length,
        lost: outcome.lostAndRescheduled.length,
      });

      expect(seen.killed).toEqual([...outcome.killed].sort());
      expect(seen.lost).toEqual([...outcome.lostAndRescheduled].sort());
      expect(jobInstances(seen.launched)).toEqual(jobInstances(outcome.replacements ?? []));
      const running = cluster.master.tasks().map(({ taskId }) => taskId);
      expect(running.filter((id) => !seen.launched.includes(id)).sort()).toEqual([...outcome.kept].sort());
    },
  );
});

describe('a recorded restore of an older release, put to a cluster of that release', () => {
  it.each(['0.9.0', '0.17.0', '0.20.0'])('%s ends as it did on the real one', async (auroraVersion) => {
    const { outcome, backup, bytes } = readRestore(`releases/${auroraVersion}/restore`);
    cluster = await startDrillCluster({ auroraVersion });
    runOnMesos(cluster, outcome.runningOnMesosAtRestore, frameworkIdIn(bytes));
    const expected = { killed: outcome.killed.length, lost: outcome.lostAndRescheduled.length };

    const elected = await enterRecoveryMode(cluster);
    const leader = await restore(cluster, elected, { name: backup, bytes });
    const seen =
      auroraVersion === '0.9.0'
        ? await reconcileByTimer(cluster, expected)
        : await reconcile(cluster, leader, expected);

    expect(seen.killed).toEqual([...outcome.killed].sort());
    expect(seen.lost).toEqual([...outcome.lostAndRescheduled].sort());
    expect(jobInstances(seen.launched)).toEqual(jobInstances(outcome.launchedAfterwards ?? []));
    const running = cluster.master.tasks().map(({ taskId }) => taskId);
    expect(running.filter((id) => !seen.launched.includes(id)).sort()).toEqual([...outcome.kept].sort());
  });
});

/** Job and instance of every id: the uuid at the end is each launch's own, and so is the time in front of older ones. */
function jobInstances(taskIds: readonly string[]): string[] {
  return taskIds.map((id) => id.slice(0, -37).replace(/^\d{13}-/, '')).sort();
}

function readRestore(name: string): {
  outcome: z.infer<typeof outcomeSchema>;
  backup: string;
  bytes: Buffer;
} {
  const directory = path.join(fixtures, name);
  const outcome = JSON.parse(fs.readFileSync(path.join(directory, 'outcome.json'), 'utf8')) as unknown;
  const backup = fs.readdirSync(directory).find((file) => /^scheduler-backup-[\d-]+$/.test(file)) ?? '';
  return {
    outcome: outcomeSchema.parse(outcome),
    backup,
    bytes: fs.readFileSync(path.join(directory, backup)),
  };
}

function runOnMesos(target: DrillCluster, taskIds: readonly string[], frameworkId: string): void {
  const { state } = target.master.cluster;
  const [framework] = state.frameworks;
  if (framework) framework.frameworkId = frameworkId;
  state.tasks.length = 0;
  for (const taskId of taskIds) {
    state.tasks.push({ taskId, name: taskId, frameworkId, agentId: 'agent-1', state: 'TASK_RUNNING', at: 0 });
  }
}

/** Read from the bytes around it, so that the test does not lean on the decoder it is about. */
function frameworkIdIn(backup: Buffer): string {
  const text = backup.toString('latin1');
  const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
  return new RegExp(`standin-${uuid}|${uuid}-\\d{4}`).exec(text)?.[0] ?? '';
}
