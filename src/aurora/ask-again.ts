import type { Clock } from './clock.ts';

interface Pace {
  /** Whoever is asked, and about what: of two that ask at the same pace, each keeps its own. */
  readonly about: string;
  /** Between two questions; each time up to a fifth shorter or longer. */
  readonly everyMs: number;
  /** Each silence in a row doubles the pause, up to this; it stays as it is when absent. */
  readonly longestMs?: number;
}

interface Patience extends Pace {
  readonly clock: Clock;
  /** How long errors that may pass are borne, from the beginning or from the last answer. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** Aborts when what is asked about has changed: the pause ends with it. Asked for before each question. */
  changed?(): AbortSignal;
  /** An error that may go away by itself; any other is thrown at once. */
  mayPass(error: unknown): boolean;
  /** Told of an error that is borne, and how long nothing was heard. */
  onSilence(error: unknown, silentMs: number): void;
}

/**
 * Asks until there is an end. `ask` answers `null` for "not yet": an answer like any other, so a bound on how often that may
 * be said is the business of `ask`, which throws; what it hears before it ends counts as an answer too. `null` when the signal
 * aborts first; the last error when silence was too long.
 */
export async function askAgain<T>(
  ask: (heard: () => void) => Promise<T | null>,
  patience: Patience,
): Promise<T | null> {
  const { clock, about, silenceMs, signal } = patience;
  let heardAt = clock.now();
  let silences = 0;
  const heard = (): void => {
    heardAt = clock.now();
    silences = 0;
  };
  for (let asked = 1; ; asked += 1) {
    const changed = patience.changed?.();
    try {
      const answer = await ask(heard);
      if (answer !== null) return answer;
      heard();
    } catch (error) {
      if (signal.aborted) return null;
      const silentMs = clock.now() - heardAt;
      if (!patience.mayPass(error) || silentMs >= silenceMs) throw error;
      silences += 1;
      patience.onSilence(error, silentMs);
    }
    if (signal.aborted) return null;
    const pauseMs = pauseAfter(silences, { ...patience, about: `${about} ${asked}` });
    await clock.sleep(pauseMs, changed === undefined ? signal : AbortSignal.any([signal, changed]));
  }
}

/** Milliseconds until it is worth asking once more, after so many silences in a row. */
export function pauseAfter(silences: number, { about, everyMs, longestMs = everyMs }: Pace): number {
  return spread(Math.min(longestMs, everyMs * 2 ** Math.max(0, silences - 1)), about);
}

/** Between 0.8 and 1.2 of it, the same for the same text: a rehearsal that is repeated waits as long again. */
function spread(ms: number, text: string): number {
  // FNV-1a, which is enough to tell texts apart.
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return Math.round(ms * (0.8 + 0.4 * (hash / 2 ** 32)));
}
