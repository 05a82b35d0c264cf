import type { Clock } from '../../../aurora/clock.ts';
import type { LogWriter } from './log-writer.ts';

/**
 * A newly elected scheduler wins the log: one attempt per `-native_log_election_timeout`, so many retries.
 * `null` when all of them missed or the signal aborted. On an uninitialised log every attempt misses.
 */
export async function winLog(
  writer: LogWriter,
  options: {
    attempts: number;
    everyMs: number;
    answerMs: number;
    clock: Clock;
    signal: AbortSignal;
    say: (line: string) => void;
  },
): Promise<Buffer[] | null> {
  for (let attempt = 0; attempt < options.attempts && !options.signal.aborted; attempt++) {
    const startedAt = options.clock.now();
    const entries = await writer.elect({ timeoutMs: options.answerMs, first: attempt === 0 });
    if (entries !== null) return entries;
    options.say('Failed to elect the log writer, will try again');
    const left = options.everyMs - (options.clock.now() - startedAt);
    await options.clock.sleep(Math.max(1, left), options.signal);
  }
  return null;
}
