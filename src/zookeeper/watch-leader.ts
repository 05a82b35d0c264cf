import type { Clock } from '../aurora/clock.ts';
import type { LeaderAnswer } from '../aurora/leader.ts';

/**
 * Looks, tells what is new, waits until looking again is worth it: a change was announced, `refreshMs` went by, or
 * `retryMs` after ZooKeeper could not be asked. Watches only shorten the wait; the truth comes from looking.
 */
export function watchLeader(options: {
  look: () => Promise<LeaderAnswer>;
  onChange: (listener: () => void) => () => void;
  onAnswer: (answer: LeaderAnswer) => void;
  clock: Clock;
  refreshMs: number;
  retryMs: number;
  /** Ends every watch at once. */
  signal: AbortSignal;
}): () => void {
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, options.signal]);
  void (async () => {
    let told = '';
    while (!signal.aborted) {
      // Armed before looking: a change during the look leads to another look.
      const waiting = new AbortController();
      const forget = options.onChange(() => waiting.abort());
      const answer = await options.look();
      if (signal.aborted) return forget();
      const facts = factsOf(answer);
      if (facts !== told) options.onAnswer(answer);
      told = facts;
      const waitMs = answer.kind === 'unreachable' ? options.retryMs : options.refreshMs;
      await options.clock.sleep(waitMs, AbortSignal.any([signal, waiting.signal]));
      forget();
    }
  })();
  return () => stopped.abort();
}

/** Two answers with the same facts are one answer; the reasons of being unreachable vary and are not facts. */
function factsOf(answer: LeaderAnswer): string {
  return answer.kind === 'unreachable' ? answer.kind : JSON.stringify(answer);
}
