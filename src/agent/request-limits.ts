/**
 * How much one client may ask: a bucket of requests that fills by the second, and so many at once. The agent shares its
 * host with a scheduler, and a client gone wild (or taken over) must not take the machine from it.
 */
interface Limits {
  readonly requestsPerSecond: number;
  /** How many may come at once after a quiet time. */
  readonly requestsBurst: number;
  /** Unanswered requests of one client. */
  readonly requestsAtOnce: number;
}

interface RequestLimits {
  /** `true`: it may go on, and `leave` must be called at its end. */
  enter(client: string, now: number): boolean;
  leave(client: string): void;
}

interface Bucket {
  left: number;
  filledAt: number;
  open: number;
}

/** Clients that are remembered; the longest quiet is forgotten first, which only gives it a full bucket. */
const clientsMax = 1_000;

/** No client is known at first. */
export function createRequestLimits(limits: Limits): RequestLimits {
  const buckets = new Map<string, Bucket>();

  const bucketOf = (client: string, now: number): Bucket => {
    const known = buckets.get(client) ?? { left: limits.requestsBurst, filledAt: now, open: 0 };
    const elapsedMs = Math.max(0, now - known.filledAt);
    known.left = Math.min(limits.requestsBurst, known.left + (elapsedMs * limits.requestsPerSecond) / 1_000);
    known.filledAt = now;
    // Set again, so that the map is in the order of the last request.
    buckets.delete(client);
    buckets.set(client, known);
    return known;
  };

  const forgetQuiet = (): void => {
    for (const [client, { open }] of buckets) {
      if (buckets.size <= clientsMax) return;
      if (open === 0) buckets.delete(client);
    }
  };

  return {
    enter: (client, now) => {
      const bucket = bucketOf(client, now);
      forgetQuiet();
      if (bucket.left < 1 || bucket.open >= limits.requestsAtOnce) return false;
      bucket.left -= 1;
      bucket.open += 1;
      return true;
    },
    leave: (client) => {
      const bucket = buckets.get(client);
      if (bucket !== undefined) bucket.open -= 1;
    },
  };
}
