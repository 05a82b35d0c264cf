import type { Clock } from '../src/aurora/clock.ts';
import { AuroraError } from '../src/aurora/errors.ts';
import type { LiveTask } from '../src/aurora/mesos.ts';
import { within } from '../src/aurora/within.ts';
import type { InventoryItem } from '../src/backups/inventory.ts';
import type { BackupCraft, ClusterAccess } from '../src/restore/ports.ts';
import type { Losses } from '../src/slack/messages/backups.ts';
import { type SortedTasks, sortTasks } from '../src/streams/task-spools.ts';
import { estimateMs } from './reads.ts';
import { shareOut } from './share-out.ts';

export interface Estimate {
  readonly losses: Losses;
  /** Why it is not known of the others; `null` when it is known of all. */
  readonly why: string | null;
}

export type Running = SortedTasks<LiveTask>;
export type Loss = Losses extends ReadonlyMap<string, infer L> ? L : never;

export interface EstimateDeps {
  readonly craft: Pick<BackupCraft, 'computeBlastRadius'>;
  readonly clock: Clock;
  readonly limitMs?: number;
}

/** For who keeps them. */
interface Keeping {
  /** What is known already, of these very tasks; the others are worked out. */
  readonly knownOf?: (running: Running) => Losses | Promise<Losses>;
  /** Called with each as soon as it is known. */
  readonly onKnown?: (sha256: string, loss: Loss) => void;
}

/**
 * What restoring each of these sound backups would do to the tasks of now. An estimate that is left out rather than waited
 * for. Hosts are asked at once, and each for one backup after another, the newest first: reading a backup is work for a host
 * that also runs a scheduler.
 */
export async function estimateLosses(
  deps: EstimateDeps,
  access: Pick<ClusterAccess, 'agents' | 'mesos'>,
  shown: readonly InventoryItem[],
  { knownOf, onKnown }: Keeping = {},
): Promise<Estimate> {
  const { clock, limitMs = estimateMs } = deps;
  const items = shown.filter((item) => item.report.verdict === 'ok');
  const frameworkId = items[0]?.report.frameworkId ?? null;
  const losses = new Map<string, Loss>();
  if (frameworkId === null) return { losses, why: null };
  const reasons = new Set<string>();
  const over = new AbortController();
  const know = (sha256: string, loss: Loss): void => {
    losses.set(sha256, loss);
    onKnown?.(sha256, loss);
  };

  const compare = async (host: string, item: InventoryItem, running: Running): Promise<void> => {
    const agent = access.agents.find((candidate) => candidate.host === host);
    const copy = item.copies.find((candidate) => candidate.host === host);
    if (agent === undefined || copy === undefined) return;
    const backup = readUntil(agent.readBackupTasks(copy.name), over.signal);
    const blast = await deps.craft.computeBlastRadius({ backup: await sortTasks(backup), running });
    // What was cut off by the end of the time would be counted too low.
    if (over.signal.aborted) return;
    know(item.sha256, { killed: blast.killed.size, rescheduled: blast.rescheduled.size });
  };
  const work = async (): Promise<true> => {
    const running = await access.mesos.listLiveTasks(frameworkId, sortTasks<LiveTask>);
    for (const [sha256, loss] of (await knownOf?.(running)) ?? []) know(sha256, loss);
    const ours = items.filter(({ report }) => report.frameworkId === frameworkId);
    if (ours.length < items.length) reasons.add('one belongs to a different framework than the newest.');
    if (ours.some((item) => hostsOf(item).length === 0)) reasons.add('its host does not answer.');
    await shareOut(
      ours.filter(({ sha256 }) => !losses.has(sha256)),
      {
        placesOf: hostsOf,
        isOver: () => over.signal.aborted,
        take: (host, item) =>
          compare(host, item, running).then(
            () => 'done',
            (error: unknown) => {
              reasons.add(reasonOf(error));
              return isOfHost(error) ? 'place-failed' : 'failed';
            },
          ),
      },
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
  const known = new Map(items.flatMap(({ sha256 }) => pairOf(sha256, losses.get(sha256))));
  return { losses: known, why: known.size === items.length ? null : [...reasons].slice(0, 3).join(' ') };
}

function pairOf(sha256: string, loss: Loss | undefined): [string, Loss][] {
  return loss === undefined ? [] : [[sha256, loss]];
}

/** Those that answer. */
function hostsOf({ copies }: InventoryItem): readonly string[] {
  return [...new Set(copies.filter(({ asOfMs }) => asOfMs === undefined).map(({ host }) => host))];
}

/** Another file there would fare no better. */
function isOfHost(error: unknown): boolean {
  return error instanceof AuroraError && error.code.startsWith('agent-');
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
