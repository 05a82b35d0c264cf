/**
 * What fails before it is a request: a TLS handshake that was refused, bytes that are not HTTP. It is audited like any
 * refusal.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { messageOf } from '../aurora/errors.ts';
import type { AuditLog } from './audit-log.ts';

const answer400 = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A handler for the server's `clientError`, which is where failed handshakes arrive as well. */
export function createConnectionNoise({ audit, now }: { audit: AuditLog; now(): number }) {
  const note = (rule: 'tls' | 'malformed', error: Error, from: string): void => {
    const request = messageOf(error).slice(0, 200);
    try {
      audit.write({ at: now(), decision: 'refused', rule, from, client: null, request });
    } catch {
      // The agent is closing. Nothing was granted, so nothing needs to be undone.
    }
  };

  return (error: Error, socket: Socket): void => {
    const code = 'code' in error ? String(error.code) : '';
    const from = socket.remoteAddress ?? 'gone';
    if (/^(HPE_|ERR_HTTP_)/.test(code)) note('malformed', error, from);
    else if (socket instanceof TLSSocket) note('tls', error, from);
    if (socket.writable && code !== 'ECONNRESET') socket.end(answer400);
    else socket.destroy();
  };
}
