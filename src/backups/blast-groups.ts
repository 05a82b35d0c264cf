import type { AffectedTask, BlastRadius } from '../aurora/backups.ts';
import { jobKeyText } from '../aurora/tasks.ts';

/** How many tasks of one job, role, tier or owner a restore touches. */
interface BlastGroup {
  readonly key: string;
  readonly killed: number;
  readonly rescheduled: number;
  readonly kept: number;
}

interface BlastGroups {
  readonly byJob: readonly BlastGroup[];
  readonly byRole: readonly BlastGroup[];
  readonly byTier: readonly BlastGroup[];
  readonly byOwner: readonly BlastGroup[];
}

/** Adds up a blast radius; hardest hit first. What has no tier or owner is counted under `unknown`. */
export function groupBlastRadius(radius: BlastRadius): BlastGroups {
  return {
    byJob: groupBy(radius, (task) => jobKeyText(task.jobKey)),
    byRole: groupBy(radius, (task) => task.jobKey.role),
    byTier: groupBy(radius, (task) => task.tier ?? 'unknown'),
    byOwner: groupBy(radius, (task) => task.owner ?? 'unknown'),
  };
}

function groupBy(radius: BlastRadius, keyOf: (task: AffectedTask) => string): readonly BlastGroup[] {
  const groups = new Map<string, { key: string; killed: number; rescheduled: number; kept: number }>();
  for (const effect of ['killed', 'rescheduled', 'kept'] as const)
    for (const task of radius[effect]) {
      const key = keyOf(task);
      const group = groups.get(key) ?? { key, killed: 0, rescheduled: 0, kept: 0 };
      group[effect] += 1;
      groups.set(key, group);
    }
  return [...groups.values()].sort(
    (a, b) => b.killed - a.killed || b.rescheduled - a.rescheduled || (a.key < b.key ? -1 : 1),
  );
}
