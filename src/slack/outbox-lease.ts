import type { Clock } from '../aurora/clock.ts';
import type { Lease, Leases } from '../aurora/journal.ts';

/** `taken`: ours from now on, somebody else may have posted before. */
type Turn = 'held' | 'taken' | 'not-ours';

const name = 'slack-outbox';
const ttlMs = 30_000;

/** With several replicas one of them posts. Answers whose turn it is; asks the store at most every few seconds. */
export function createOutboxLease(deps: { leases: Leases; owner: string; clock: Clock }): {
  take(): Promise<Turn>;
  release(): Promise<void>;
} {
  const { leases, owner, clock } = deps;
  let held: { lease: Lease; until: number } | null = null;
  return {
    take: async () => {
      const now = clock.now();
      if (held !== null && now < held.until - ttlMs / 2) return 'held';
      if (held !== null && (await leases.renew(held.lease, { ttlMs, now }))) {
        held = { lease: held.lease, until: now + ttlMs };
        return 'held';
      }
      const lease = await leases.acquire({ cluster: name, owner, ttlMs, now });
      held = lease === null ? null : { lease, until: now + ttlMs };
      return lease === null ? 'not-ours' : 'taken';
    },
    release: async () => {
      if (held !== null) await leases.release(held.lease);
      held = null;
    },
  };
}
