/**
 * Who may hold connections to the agent. Handshakes have a pool of their own, so that nobody without a certificate takes
 * the place of somebody with one; connections whose client is known are counted by client, those in clear by address.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createConnectionPool } from '../aurora/connection-pool.ts';
import { identifyClient } from './tls-identity.ts';

const handshakes = { all: 512, each: 128 };
/** A bot has up to 64 requests on their way, and each call to a scheduler has its own connection. */
const connections = { all: 512, each: 160 };
/** To this machine only, where all come from one address. */
const clearConnections = { all: 256, each: 256 };

/** Watches the server for as long as it lives. */
export function boundConnections(server: Server, { tls }: { tls: boolean }): void {
  const served = createConnectionPool<Socket>(tls ? connections : clearConnections);
  const serve = (socket: Socket): void => {
    served.enter(socket, identifyClient(socket)?.label ?? addressOf(socket))?.destroy();
    socket.once('close', () => served.leave(socket));
  };
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    served.setBusy(socket, true);
    response.once('close', () => served.setBusy(socket, false));
  });
  if (!tls) {
    server.on('connection', serve);
    return;
  }
  const shaking = createConnectionPool<Socket>(handshakes);
  const byPort = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const port = portOf(socket);
    byPort.set(port, socket);
    socket.once('close', () => {
      shaking.leave(socket);
      if (byPort.get(port) === socket) byPort.delete(port);
    });
    shaking.enter(socket, addressOf(socket))?.destroy();
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    // Node tells the connection and what became of it as two sockets with the same other end.
    const raw = byPort.get(portOf(socket));
    if (raw !== undefined) shaking.leave(raw);
    serve(socket);
  });
}

/** What one owner has: an address, or the 64 bits of an IPv6 network that are given out together. */
export function addressOf({ remoteAddress = 'gone' }: Pick<Socket, 'remoteAddress'>): string {
  if (!isIPv6(remoteAddress) || remoteAddress.startsWith('::ffff:')) return remoteAddress;
  const [head = '', tail] = remoteAddress.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter((group) => group !== '').length;
  return [...groups, ...Array.from({ length: missing }, () => '0')].slice(0, 4).join(':');
}

function portOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
