/**
 * Bounds of the HTTP mode. Slack delivers in one short request each; anybody else who reaches the port has no signature, and
 * must be able neither to keep Slack out nor to fill the memory before it is looked at.
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../aurora/clock.ts';
import { createConnectionPool } from '../aurora/connection-pool.ts';

/** Slack's largest payloads, a view's state or a message with all its blocks, are far below. */
export const deliveryBytesMax = 1024 * 1024;

/** In milliseconds. Headers at once, the whole request soon after: Slack itself gives up after 3 s. */
export const httpBounds = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
} as const satisfies ServerOptions;

/** Behind a proxy all come from one address. */
const connectionsMax = 256;

/** For those that are being answered; then they are cut off. */
const closeMs = 2_000;

/** Resolves when nothing is listened on and no connection is left. */
export async function closeServer(
  server: Server,
  { stop, clock }: { stop: () => Promise<unknown>; clock: Clock },
): Promise<void> {
  const closed = new AbortController();
  const stopped = stop().finally(() => closed.abort());
  await clock.sleep(closeMs, closed.signal);
  server.closeAllConnections();
  await stopped;
}

/** Of so many connections the one that has been idle longest makes room for a new one. */
export function boundConnections(server: Server): void {
  const pool = createConnectionPool<Socket>({ all: connectionsMax, each: connectionsMax });
  server.on('connection', (socket: Socket) => {
    pool.enter(socket, socket.remoteAddress ?? '')?.destroy();
    socket.once('close', () => pool.leave(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A request whose body does not come is not at work: it would hold its place for nothing.
    request.once('end', () => pool.setBusy(request.socket, true));
    response.once('close', () => pool.setBusy(request.socket, false));
  });
}
