import type { Clock } from '../aurora/clock.ts';

/** Worked in one go, and the longest rest after it: a clock that was set forward makes no long one. */
const workMs = 25;
const restMs = 250;

interface Pace {
  readonly clock: Clock;
  /** Somebody waits: there is no rest. */
  isHurried(): boolean;
  /** Ends with an error when it is true. */
  mustStop(): boolean;
}

/** The same pieces for work that is nobody's hurry: after each while there is as long a rest, so that half of a core is left. */
export async function* paced(
  pieces: AsyncIterable<Uint8Array>,
  { clock, isHurried, mustStop }: Pace,
): AsyncIterable<Uint8Array> {
  let since = clock.now();
  for await (const piece of pieces) {
    if (mustStop()) throw new Error('another file is read first');
    yield piece;
    const worked = clock.now() - since;
    if (worked >= 0 && worked < workMs) continue;
    if (!isHurried()) await clock.sleep(Math.min(Math.max(worked, 0), restMs));
    since = clock.now();
  }
}
