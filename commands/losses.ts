import type { Clock } from '../src/aurora/clock.ts';
import { AuroraError } from '../src/aurora/errors.ts';
import type { Inventory } from '../src/backups/inventory.ts';
import type { BackupCraft, ClusterAccess } from '../src/restore/ports.ts';
import type { Losses } from '../src/slack/messages/backups.ts';

const itemsMax = 4;
const limitMs = 8_000;

/**
 * What restoring each of the newest sound backups would do to the tasks of now. An estimate that is left out rather than
 * waited for: `why` says so.
 */
export async function estimateLosses(
  deps: { craft: Pick<BackupCraft, 'computeBlastRadius'>; clock: Clock },
  access: ClusterAccess,
  inventory: Inventory,
): Promise<{ losses: Losses; why: string | null }> {
  const items = inventory.items.filter((item) => item.report.verdict === 'ok').slice(0, itemsMax);
  const frameworkId = items[0]?.report.frameworkId;
  if (frameworkId === undefined || frameworkId === null) return { losses: new Map(), why: null };
  const losses = new Map<string, { killed: number; rescheduled: number }>();
  const work = async (): Promise<string | null> => {
    const running = await access.mesos.listLiveTasks(frameworkId);
    await Promise.all(
      items.map(async (item) => {
        const [copy] = item.copies;
        const agent = access.agents.find((candidate) => candidate.host === copy.host);
        if (agent === undefined || item.report.frameworkId !== frameworkId) return;
        const blast = await deps.craft.computeBlastRadius({
          backup: agent.readBackupTasks(copy.name),
          running,
        });
        losses.set(item.sha256, { killed: blast.killed.length, rescheduled: blast.rescheduled.length });
      }),
    );
    return null;
  };
  const failed = (error: unknown): string => {
    if (error instanceof AuroraError) return error.message;
    throw error;
  };
  const done = new AbortController();
  const tooLong = deps.clock
    .sleep(limitMs, done.signal)
    .then(() => `it took longer than ${limitMs / 1000} s.`);
  try {
    return { losses, why: await Promise.race([work().catch(failed), tooLong]) };
  } finally {
    done.abort();
  }
}
