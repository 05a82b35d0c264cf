import type { FastifyInstance } from 'fastify';
import type { Clock } from '../aurora/clock.ts';

const lookMs = 100;

/**
 * Takes no more requests and lets those at work end, up to the bound; then cuts them off. Connections are looked at again
 * and again: one that was busy when the server closed is idle a moment later, and would be kept for its next request.
 */
export async function closeServer(app: FastifyInstance, clock: Clock, boundMs: number): Promise<void> {
  const ended = new AbortController();
  const closed = app.close().finally(() => ended.abort());
  const endsAt = clock.now() + boundMs;
  while (!ended.signal.aborted && clock.now() < endsAt) {
    app.server.closeIdleConnections();
    await clock.sleep(lookMs, ended.signal);
  }
  app.server.closeAllConnections();
  await closed;
}
