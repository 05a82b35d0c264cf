import type { Leases } from '../../../src/aurora/journal.ts';

/** One replica's way to the leases: while it is cut off, it can neither renew, take nor give back any. */
export class CutOff {
  isCut = false;

  readonly wrap = (leases: Leases): Leases => ({
    acquire: async (request) => (this.isCut ? null : await leases.acquire(request)),
    renew: async (lease, times) => !this.isCut && (await leases.renew(lease, times)),
    release: async (lease) => {
      if (!this.isCut) await leases.release(lease);
    },
  });
}
