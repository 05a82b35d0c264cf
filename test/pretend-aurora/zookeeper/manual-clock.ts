import type { Clock } from '../../../src/aurora/clock.ts';

/** A clock that stands until it is moved; sleepers wake in the order of their hours. */
export interface ManualClock extends Clock {
  /** Moves on and lets everyone who was woken do what they do before resolving. */
  advance(ms: number): Promise<void>;
}

export function manualClock(startsAt: number): ManualClock {
  let now = startsAt;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (signal?.aborted) {
          resolve();
          return;
        }
        signal?.addEventListener('abort', sleeper.wake, { once: true });
        sleepers.add(sleeper);
      }),
    advance: async (ms) => {
      const until = now + ms;
      for (;;) {
        const [next] = [...sleepers]
          .filter((sleeper) => sleeper.until <= until)
          .sort((one, other) => one.until - other.until);
        if (next === undefined) break;
        now = next.until;
        next.wake();
        await new Promise((resolve) => setImmediate(resolve));
      }
      now = until;
    },
  };
}
