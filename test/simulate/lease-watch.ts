/** Who works on the cluster, as the store has told them: nobody may take that from one who lives and holds it. */
import type { Clock } from '../../src/aurora/clock.ts';
import type { Lease, Leases } from '../../src/aurora/journal.ts';
import type { Life } from './life.ts';

interface Held {
  readonly life: Life;
  readonly fence: number;
  readonly until: number;
}

export class LeaseWatch {
  readonly #clock: Clock;
  readonly #cluster: string;
  readonly #onTaken: (what: string) => void;
  #held: Held | null = null;

  constructor(clock: Clock, cluster: string, onTaken: (what: string) => void) {
    this.#clock = clock;
    this.#cluster = cluster;
    this.#onTaken = onTaken;
  }

  /** The life that works; `null` while none does. */
  get worker(): Life | null {
    return this.#held?.life ?? null;
  }

  /** The same leases as this life reaches them; several bots share a PostgreSQL, whose clock judges them all. */
  over(leases: Leases, life: Life): Leases {
    const holds = (fence: number, ttlMs: number): void => {
      this.#held = { life, fence, until: this.#clock.now() + ttlMs };
    };
    return {
      acquire: async (request) => {
        const lease = await leases.acquire({ ...request, now: this.#clock.now() });
        if (lease === null || lease.cluster !== this.#cluster) return lease;
        this.#judge(life);
        holds(lease.fence, request.ttlMs);
        return lease;
      },
      renew: async (lease, times) => {
        const isHeld = await leases.renew(lease, { ...times, now: this.#clock.now() });
        if (isHeld && this.#isOf(lease)) holds(lease.fence, times.ttlMs);
        return isHeld;
      },
      release: async (lease) => {
        await leases.release(lease);
        if (this.#isOf(lease)) this.#held = null;
      },
    };
  }

  /** Fences are counted cluster by cluster, and whoever posts has a lease as well. */
  #isOf({ cluster, fence }: Lease): boolean {
    return cluster === this.#cluster && this.#held?.fence === fence;
  }

  #judge(taker: Life): void {
    const held = this.#held;
    if (held === null || held.life === taker || !held.life.isWell || held.until <= this.#clock.now()) return;
    this.#onTaken(`${taker.owner} took the cluster from ${held.life.owner}, which lives and holds it`);
  }
}
