import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import { boundConnections } from './bounded-connections.ts';

/** Longer than the longest upload. */
const requestMs = 30 * 60_000;
const headersMs = 10_000;
const keepAliveMs = 60_000;

/** A server with bounds on headers, requests and connections; speaks TLS when it is given the means. */
export function createHttpServer(tls: TlsOptions | null, listener: RequestListener): Server {
  const bounds = {
    requestTimeout: requestMs,
    headersTimeout: headersMs,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: keepAliveMs,
  };
  const server: Server =
    tls === null ? createServer(bounds, listener) : createTlsServer({ ...bounds, ...tls }, listener);
  boundConnections(server, { tls: tls !== null });
  return server;
}
