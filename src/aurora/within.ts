import type { Clock } from './clock.ts';

/** The value of a promise when it comes within `ms`, `undefined` otherwise; the wait leaves no timer behind. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  const bound = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(ms, bound.signal).then(() => undefined)]);
  } finally {
    bound.abort();
  }
}
