import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DrillCluster, startDrillCluster } from './support/drill-cluster.ts';
import { enterRecoveryMode, reconcile, restore } from './support/staged-restore.ts';

const fixtures = path.join(import.meta.dirname, '../../fixtures');

const outcomeSchema = z.object({
  runningOnMesosAtRestore: z.array(z.string()),
  killed: z.array(z.string()),
  lostAndRescheduled: z.array(z.string()),
  kept: z.array(z.string()),
  replacements: z.array(z.string()),
});

let cluster: DrillCluster;

beforeEach(async () => {
  cluster = await startDrillCluster();
});
afterEach(() => cluster.close());

describe('a recorded restore, put to the simulated cluster', () => {
  it.each(['restore-staged', 'restore-outcomes/101', 'restore-outcomes/104', 'restore-recovery-tool'])(
    '%s ends as it did on the real one',
    async (name) => {
      const directory = path.join(fixtures, name);
      const outcome = outcomeSchema.parse(
        JSON.parse(fs.readFileSync(path.join(directory, 'outcome.json'), 'utf8')),
      );
      const backup = fs.readdirSync(directory).find((file) => file.startsWith('scheduler-backup-')) ?? '';
      const bytes = fs.readFileSync(path.join(directory, backup));
      runOnMesos(cluster, outcome.runningOnMesosAtRestore, frameworkIdIn(bytes));

      const elected = await enterRecoveryMode(cluster);
      const leader = await restore(cluster, elected, { name: backup, bytes });
      const seen = await reconcile(cluster, leader, {
        killed: outcome.killed.length,
        lost: outcome.lostAndRescheduled.length,
      });

      expect(seen.killed).toEqual([...outcome.killed].sort());
      expect(seen.lost).toEqual([...outcome.lostAndRescheduled].sort());
      expect(jobInstances(seen.launched)).toEqual(jobInstances(outcome.replacements));
      const running = cluster.master.tasks().map(({ taskId }) => taskId);
      expect(running.filter((id) => !seen.launched.includes(id)).sort()).toEqual([...outcome.kept].sort());
    },
  );
});

/** Job and instance of every id: the uuid at the end is each launch's own. */
function jobInstances(taskIds: readonly string[]): string[] {
  return taskIds.map((id) => id.slice(0, -37)).sort();
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
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{4}/.exec(backup.toString('latin1'))?.[0] ?? '';
}
