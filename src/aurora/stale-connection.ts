/**
 * A connection that was kept open may have been closed by the other side at the very moment of the next question. That says nothing
 * about whether anybody is there, so the question is asked once more. Only a question: what is to be done may have been begun.
 */

/** The other side has closed, by its reset or by its end; node says `ECONNRESET` with "socket hang up" for the latter. */
const closedCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** `ask` is called with `isAgain` at most once: it must use a connection of its own then, since others may be as stale. */
export async function askOnceMoreIfStale<T>(ask: (isAgain: boolean) => Promise<T>): Promise<T> {
  try {
    return await ask(false);
  } catch (error) {
    if (!wasStale(error)) throw error;
    return await ask(true);
  }
}

/** As errors of HTTP requests come through axios: with the request, and with a response once an answer has begun. */
function wasStale(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error && 'request' in error)) return false;
  if (!closedCodes.has(error.code) || ('response' in error && error.response !== undefined)) return false;
  return (error.request as { reusedSocket?: unknown } | undefined)?.reusedSocket === true;
}
