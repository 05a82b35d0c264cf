/** The pictures of all clusters, looked at again and again in the background, so that what people ask is known already. */
import type { Clock } from '../aurora/clock.ts';
import type { FleetHistory } from '../aurora/fleet.ts';
import type { HostAgent } from '../aurora/hosts.ts';
import { createFleetPicture, type FleetPicture } from './fleet-picture.ts';

export interface Fleet {
  /** Throws for a cluster that is not configured. */
  of(cluster: string): FleetPicture;
  /** Begins to look, at one cluster after the other; what is under way when it ends is waited for by nobody. */
  start(): void;
  stop(): Promise<void>;
}

interface Parts {
  readonly clusters: ReadonlyMap<string, { readonly agents: readonly HostAgent[] }>;
  readonly clock: Clock;
  /** Between two looks at a cluster. */
  readonly everyMs: number;
  readonly history: Pick<FleetHistory, 'noteSeen'>;
  warn(fields: Record<string, unknown>, message: string): void;
}

const lookMs = 30_000;
/** All clusters are looked at for the first time within it. */
const spreadMs = 60_000;

export function createFleet({ clusters, clock, everyMs, history, warn }: Parts): Fleet {
  const over = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    over.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  /** What a host says after the end finds the database closed. */
  const open: typeof history = {
    noteSeen: async (...seen) => {
      if (!over.signal.aborted) await history.noteSeen(...seen);
    },
  };
  const pictures = new Map(
    [...clusters].map(([cluster, { agents }]) => [
      cluster,
      createFleetPicture({ cluster, agents, clock, history: open, warn }),
    ]),
  );
  let loops: Promise<unknown> = Promise.resolve();

  const keepLooking = async (picture: FleetPicture, firstMs: number): Promise<void> => {
    await clock.sleep(firstMs, over.signal);
    while (!over.signal.aborted) {
      await Promise.race([picture.look(lookMs), stopped]);
      await clock.sleep(everyMs, over.signal);
    }
  };

  return {
    of: (cluster) => {
      const picture = pictures.get(cluster);
      if (picture === undefined) throw new Error(`${cluster} is not configured`);
      return picture;
    },
    start: () => {
      const apart = Math.min(spreadMs, everyMs) / pictures.size;
      loops = Promise.all(
        [...pictures.values()].map((picture, index) => keepLooking(picture, index * apart)),
      );
    },
    stop: async () => {
      over.abort();
      await loops;
    },
  };
}
