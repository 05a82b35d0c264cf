/**
 * How long an answer may take. A large one from a slow scheduler is waited for as long as something comes; silence, and an
 * answer without an end, are not.
 */
import { breath } from './breath.ts';
import type { Clock } from './clock.ts';
import { timeText } from './time-text.ts';

interface AnswerLimits {
  /** The longest time in which nothing comes. */
  readonly silenceMs: number;
  /** From the question to the last byte, whatever comes; `answerTotalMs` when absent. */
  readonly totalMs?: number;
}

export interface AnswerBound {
  /** Aborts when a limit is met. */
  readonly signal: AbortSignal;
  /** Why it has aborted, as the end of a sentence; `null` before. */
  readonly met: string | null;
  /** Something has come, or is waited for again. */
  resume(): void;
  /** Nobody waits for the other side: it is not silent. */
  pause(): void;
  /** Must be called at the end of the answer: leaves no timer behind. */
  end(): void;
}

/** Enough for an answer of 4 GB at 10 MB/s; a person gives up long before. */
export const answerTotalMs = 10 * 60_000;

/** Begins with the question. */
export function boundAnswer(clock: Clock, limits: AnswerLimits): AnswerBound {
  const { silenceMs, totalMs = answerTotalMs } = limits;
  const abort = new AbortController();
  const over = new AbortController();
  const endsAt = clock.now() + totalMs;
  let heardAt = clock.now();
  let isPaused = false;
  let met: string | null = null;

  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const now = clock.now();
      const silenceLeft = isPaused ? silenceMs : heardAt + silenceMs - now;
      const left = Math.min(silenceLeft, endsAt - now);
      if (left <= 0) {
        met =
          silenceLeft <= 0
            ? `nothing came for ${timeText(silenceMs)}`
            : `it had not ended after ${timeText(totalMs)}`;
        abort.abort(new Error(met));
        return;
      }
      await clock.sleep(left, over.signal);
    }
  };
  void watch();

  return {
    signal: abort.signal,
    get met() {
      return met;
    },
    resume: () => {
      heardAt = clock.now();
      isPaused = false;
    },
    pause: () => {
      isPaused = true;
    },
    end: () => over.abort(),
  };
}

/** The bytes of an answer as they come; whoever reads them may take their time. */
export async function* boundedBytes<T>(bytes: AsyncIterable<T>, bound: AnswerBound): AsyncGenerator<T> {
  for await (const chunk of bytes) {
    bound.pause();
    yield chunk;
    await breath();
    bound.resume();
  }
}

/** The whole answer; throws RangeError when it is longer than `bytesMax`. */
export async function collectBytes(
  bytes: AsyncIterable<Uint8Array>,
  { bound, bytesMax }: { bound: AnswerBound; bytesMax: number },
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    bound.resume();
    length += chunk.length;
    if (length > bytesMax) throw new RangeError(`more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
