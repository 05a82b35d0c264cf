/** Time that passes only when everybody waits: a sleep of an hour takes as long as looking at it. */
import type { Clock } from '../../../src/aurora/clock.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

export class FakeClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper: Sleeper = {
      at: this.#now + Math.max(0, ms),
      wake: () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', sleeper.wake);
        resolve();
      },
    };
    this.#sleepers.add(sleeper);
    if (signal?.aborted === true) sleeper.wake();
    else signal?.addEventListener('abort', sleeper.wake, { once: true });
    return promise;
  }

  /** So much time goes by before anybody wakes, as for a process that is not scheduled. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Goes on to the next instant for which somebody sleeps, not beyond `limit`, and wakes them; false when nobody does. */
  advance(limit = Number.POSITIVE_INFINITY): boolean {
    const next = Math.min(...[...this.#sleepers].map((sleeper) => sleeper.at));
    if (!Number.isFinite(next) || next > limit) return false;
    this.#now = Math.max(this.#now, next);
    for (const sleeper of [...this.#sleepers]) if (sleeper.at <= this.#now) sleeper.wake();
    return true;
  }
}
