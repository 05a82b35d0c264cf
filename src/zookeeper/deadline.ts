import type { Clock } from '../aurora/clock.ts';
import { timeText } from '../aurora/time-text.ts';

/** Settles as `promise` does, or rejects with an Error after `ms`, whichever comes first. Leaves no timer behind. */
export async function withDeadline<T>(
  promise: Promise<T>,
  bound: { clock: Clock; ms: number; what: string },
): Promise<T> {
  const settled = new AbortController();
  const late = Promise.withResolvers<never>();
  void bound.clock.sleep(bound.ms, settled.signal).then(() => {
    if (!settled.signal.aborted)
      late.reject(new Error(`${bound.what} took longer than ${timeText(bound.ms)}`));
  });
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    settled.abort();
  }
}
