/** The right to do something that one bot of several does, taken when there is something to do and kept for as long as that lasts. */
import type { Clock } from './clock.ts';
import { errorCodes } from './error-codes.ts';
import { AuroraError } from './errors.ts';
import type { Lease, Leases } from './journal.ts';

/** `taken`: ours from now on, and somebody else may have worked before. */
type Turn = 'held' | 'taken' | 'not-ours';

/** Who has died is followed after this time, and after as long as the next one takes to look. */
export const leaseTtlMs = 6_000;
const renewMs = leaseTtlMs / 3;

export interface HeldLease {
  /** Whose turn it is. Throws when the store does not answer. */
  take(): Promise<Turn>;
  /** Keeps it while the work goes on, however long that is. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Before anything that nobody can take back: AuroraError `lease-lost` when it may be somebody else's by now. */
  assertOurs(): void;
  /** Never throws. */
  release(): Promise<void>;
}

/** `name`: of what is done under it; it is none of a cluster's. */
export function createHeldLease(deps: {
  leases: Leases;
  name: string;
  owner: string;
  clock: Clock;
}): HeldLease {
  const { leases, name, owner, clock } = deps;
  let held: { lease: Lease; until: number } | null = null;
  let lastFence: number | null = null;
  let asking: Promise<Turn> | null = null;
  // A clock that is set back makes no lease longer.
  const elapsed = (): number => clock.monotonic?.() ?? clock.now();
  const ask = async (): Promise<Turn> => {
    // Before the question: it counts from when the store was asked, at the earliest.
    const now = clock.now();
    const asked = elapsed();
    if (held !== null && asked < held.until - leaseTtlMs + renewMs) return 'held';
    if (held !== null && (await leases.renew(held.lease, { ttlMs: leaseTtlMs, now }))) {
      held = { lease: held.lease, until: asked + leaseTtlMs };
      return 'held';
    }
    held = null;
    const lease = await leases.acquire({ cluster: name, owner, ttlMs: leaseTtlMs, now });
    if (lease === null) return 'not-ours';
    held = { lease, until: asked + leaseTtlMs };
    // It lapsed because there was nothing to do, and nobody else wanted it.
    const isNext = lastFence !== null && lease.fence === lastFence + 1;
    lastFence = lease.fence;
    return isNext ? 'held' : 'taken';
  };
  const take = (): Promise<Turn> => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
  return {
    take,
    during: async (work) => {
      const done = new AbortController();
      const renewing = (async () => {
        while (!done.signal.aborted) {
          await clock.sleep(renewMs, done.signal);
          // What it says is said again by whoever acts next.
          if (!done.signal.aborted) await take().catch(() => undefined);
        }
      })();
      try {
        return await work();
      } finally {
        done.abort();
        await renewing;
      }
    },
    assertOurs: () => {
      if (held !== null && elapsed() < held.until) return;
      throw new AuroraError({
        code: errorCodes.leaseLost,
        message: 'Another bot may have taken over.',
        hint: 'It continues the same work; there is nothing to do.',
      });
    },
    release: async () => {
      const { lease } = held ?? {};
      held = null;
      // Where the store does not answer, it runs out by itself.
      if (lease !== undefined) await leases.release(lease).catch(() => undefined);
    },
  };
}
