import { AuroraError } from '../../../src/aurora/errors.ts';

/** What was asked goes on; only nobody waits for it any more. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(notWaitedFor());
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal?.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}

function notWaitedFor(): AuroraError {
  return new AuroraError({
    code: 'agent-not-waited-for',
    message: 'Nobody waits for the agent.',
    hint: 'Ask again.',
  });
}
