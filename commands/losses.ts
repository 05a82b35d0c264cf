import type { Clock } from '../src/aurora/clock.ts';
import { AuroraError } from '../src/aurora/errors.ts';
import type { LiveTask } from '../src/aurora/mesos.ts';
import { within } from '../src/aurora/within.ts';
import type { InventoryItem } from '../src/backups/inventory.ts';
import type { BackupCraft, ClusterAccess } from '../src/restore/ports.ts';
import type { Losses } from '../src/slack/messages/backups.ts';
import { type SortedTasks, sortTasks } from '../src/streams/task-spools.ts';
import { estimateMs } from './reads.ts';

interface Estimate {
  readonly losses: Losses;
  /** Why it is not known of the others; `null` when it is known of all. */
  readonly why: string | null;
}

/**
 * What restoring each of these sound backups would do to the tasks of now. An estimate that is left out rather than waited
 * for. Hosts are asked at once, and each for one backup after another, the newest first: reading a backup is work for a host
 * that also runs a scheduler.
 */
export async function estimateLosses(
  deps: { craft: Pick<BackupCraft, 'computeBlastRadius'>; clock: Clock; limitMs?: number },
  access: Pick<ClusterAccess, 'agents' | 'mesos'>,
  shown: readonly InventoryItem[],
): Promise<Estimate> {
  const { clock, limitMs = estimateMs } = deps;
  const items = shown.filter((item) => item.report.verdict === 'ok');
  const frameworkId = items[0]?.report.frameworkId ?? null;
  const losses = new Map<string, { killed: number; rescheduled: number }>();
  if (frameworkId === null) return { losses, why: null };
  const reasons = new Set<string>();
  const over = new AbortController();

  const compare = async (item: InventoryItem, running: Running): Promise<void> => {
    const [copy] = item.copies;
    const agent = access.agents.find((candidate) => candidate.host === copy.host);
    if (agent === undefined) return;
    const backup = readUntil(agent.readBackupTasks(copy.name), over.signal);
    const blast = await deps.craft.computeBlastRadius({ backup: await sortTasks(backup), running });
    // What was cut off by the end of the time would be counted too low.
    if (over.signal.aborted) return;
    losses.set(item.sha256, { killed: blast.killed.size, rescheduled: blast.rescheduled.size });
  };
  const work = async (): Promise<true> => {
    const running = await access.mesos.listLiveTasks(frameworkId, sortTasks<LiveTask>);
    await Promise.all(
      byHost(items).map(async (queue) => {
        for (const item of queue) {
          if (over.signal.aborted) return;
          if (item.report.frameworkId === frameworkId)
            await compare(item, running).catch((error: unknown) => reasons.add(reasonOf(error)));
          else reasons.add('one is of another framework than the newest.');
        }
      }),
    );
    return true;
  };

  const done = await within(
    clock,
    limitMs,
    work().catch((error: unknown) => {
      reasons.add(reasonOf(error));
      return true;
    }),
  );
  over.abort();
  if (done === undefined) reasons.add(`it took longer than ${limitMs / 1000} s.`);
  const known = new Map(losses);
  return { losses: known, why: known.size === items.length ? null : [...reasons].slice(0, 3).join(' ') };
}

type Running = SortedTasks<LiveTask>;

function byHost(items: readonly InventoryItem[]): InventoryItem[][] {
  const queues = new Map<string, InventoryItem[]>();
  for (const item of items) {
    const { host } = item.copies[0];
    queues.set(host, [...(queues.get(host) ?? []), item]);
  }
  return [...queues.values()];
}

/** Ends early, and closes what it reads, once nobody waits for it any more. */
async function* readUntil<T>(rows: AsyncIterable<T>, over: AbortSignal): AsyncGenerator<T> {
  for await (const row of rows) {
    if (over.aborted) return;
    yield row;
  }
}

/** A mistake of ours is no reason that a person should read: it goes on to where mistakes are told. */
function reasonOf(error: unknown): string {
  if (error instanceof AuroraError) return error.message;
  throw error;
}
