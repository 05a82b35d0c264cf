import type { Clock } from './clock.ts';

interface Patience {
  readonly clock: Clock;
  /** Whoever is asked, and about what: of two that ask at the same pace, each keeps its own. */
  readonly about: string;
  /** Between two questions; each time up to a fifth shorter or longer. */
  readonly everyMs: number;
  /** How long errors that may pass are borne, from the beginning or from the last answer. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** An error that may go away by itself; any other is thrown at once. */
  mayPass(error: unknown): boolean;
  /** Told of an error that is borne. */
  onSilence(error: unknown): void;
}

/**
 * Asks until there is an end. `ask` answers `null` for "not yet": an answer like any other, so a bound on how often that may
 * be said is the business of `ask`, which throws. `null` when the signal aborts first; the last error when silence was too long.
 */
export async function askAgain<T>(ask: () => Promise<T | null>, patience: Patience): Promise<T | null> {
  const { clock, about, everyMs, silenceMs, signal } = patience;
  let heardAt = clock.now();
  for (let asked = 1; ; asked += 1) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
      heardAt = clock.now();
    } catch (error) {
      if (signal.aborted) return null;
      if (!patience.mayPass(error) || clock.now() - heardAt >= silenceMs) throw error;
      patience.onSilence(error);
    }
    if (signal.aborted) return null;
    await clock.sleep(spread(everyMs, `${about} ${asked}`), signal);
  }
}

/** Between 0.8 and 1.2 of it, the same for the same text: a rehearsal that is repeated waits as long again. */
function spread(ms: number, text: string): number {
  // FNV-1a, which is enough to tell texts apart.
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return Math.round(ms * (0.8 + 0.4 * (hash / 2 ** 32)));
}
