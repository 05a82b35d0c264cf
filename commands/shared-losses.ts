/**
 * What backups would cost, worked out once for all who ask at the same time, and kept while it is right: for a minute, and for longer
 * where the very same tasks still run.
 */
import type { InventoryItem } from '../src/backups/inventory.ts';
import type { ClusterAccess } from '../src/restore/ports.ts';
import type { Losses } from '../src/slack/messages/backups.ts';
import { type Estimate, type EstimateDeps, estimateLosses, type Loss, type Running } from './losses.ts';
import { tasksVersion } from './tasks-version.ts';

/** One that is being worked out, or is. */
export interface SharedEstimate {
  /** What is known by now. */
  known(): Losses;
  readonly done: Promise<Estimate>;
}

export interface LossEstimates {
  begin(
    access: Pick<ClusterAccess, 'agents' | 'mesos'> & { cluster: { name: string } },
    shown: readonly InventoryItem[],
  ): SharedEstimate;
}

interface Kept {
  readonly loss: Loss;
  readonly atMs: number;
  /** Of the tasks that it was worked out against; empty until they are known. */
  readonly tasks: string;
}

interface ClusterLosses {
  readonly kept: Map<string, Kept>;
  /** By which backups are asked about. */
  readonly underWay: Map<string, Promise<Estimate>>;
}

/** As long as nobody would call the numbers old, in a cluster where tasks come and go all the time. */
const freshMs = 60_000;
/** Of one cluster; a page shows thirty. */
const keptMax = 300;

export function createLossEstimates(deps: EstimateDeps): LossEstimates {
  const { clock } = deps;
  const clusters = new Map<string, ClusterLosses>();

  const begin: LossEstimates['begin'] = (access, shown) => {
    const { kept, underWay } = of(access.cluster.name);
    const items = shown.filter(({ report }) => report.verdict === 'ok');
    const known = (): Map<string, Loss> =>
      new Map(
        items.flatMap(({ sha256 }): [string, Loss][] => {
          const one = kept.get(sha256);
          return one === undefined || !isFresh(one) ? [] : [[sha256, one.loss]];
        }),
      );
    const fresh = known();
    if (fresh.size === items.length) return { known, done: Promise.resolve({ losses: fresh, why: null }) };
    const key = items.map(({ sha256 }) => sha256).join();
    const running = underWay.get(key) ?? work(access, items).finally(() => underWay.delete(key));
    underWay.set(key, running);
    // Whoever waits for it is told; nobody may.
    running.catch(() => undefined);
    return { known, done: running };
  };

  const work = async (
    access: Parameters<typeof begin>[0],
    items: readonly InventoryItem[],
  ): Promise<Estimate> => {
    const { kept } = of(access.cluster.name);
    let tasks = '';
    const knownOf = async (running: Running): Promise<Losses> => {
      tasks = await tasksVersion(running);
      return new Map(
        items.flatMap(({ sha256 }): [string, Loss][] => {
          const one = kept.get(sha256);
          return one === undefined || !(isFresh(one) || one.tasks === tasks) ? [] : [[sha256, one.loss]];
        }),
      );
    };
    const onKnown = (sha256: string, loss: Loss): void => {
      const before = kept.get(sha256);
      if (before !== undefined && before.tasks !== tasks && isFresh(before)) return;
      kept.delete(sha256);
      kept.set(sha256, { loss, atMs: clock.now(), tasks });
      for (const oldest of kept.keys()) if (kept.size > keptMax) kept.delete(oldest);
    };
    return await estimateLosses(deps, access, items, { knownOf, onKnown });
  };

  const of = (cluster: string): ClusterLosses => {
    const mine = clusters.get(cluster) ?? { kept: new Map(), underWay: new Map() };
    clusters.set(cluster, mine);
    return mine;
  };
  const isFresh = ({ atMs }: Kept): boolean => Math.abs(clock.now() - atMs) < freshMs;

  return { begin };
}
