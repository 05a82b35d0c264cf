/**
 * What fails before it is a request: a TLS handshake that was refused, bytes that are not HTTP. It is audited like any
 * refusal, but at most once a second of a kind, because whoever causes it has shown no right to write on this disk.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { messageOf } from '../aurora/errors.ts';
import type { AuditLog } from './audit-log.ts';

const quietMs = 1_000;
const answer400 = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A handler for the server's `clientError`, which is where failed handshakes arrive as well. */
export function createConnectionNoise({ audit, now }: { audit: AuditLog; now(): number }) {
  const seen = new Map<string, { at: number; more: number }>();

  const note = (rule: 'tls' | 'malformed', error: Error, from: string): void => {
    const before = seen.get(rule);
    if (before !== undefined && now() - before.at < quietMs && now() >= before.at) {
      before.more += 1;
      return;
    }
    seen.set(rule, { at: now(), more: 0 });
    const more = before !== undefined && before.more > 0 ? { more: before.more } : {};
    const request = messageOf(error).slice(0, 200);
    try {
      audit.write({ at: now(), decision: 'refused', rule, from, client: null, request, ...more });
    } catch {
      // The agent is closing or the disk is full. Nothing was granted, so nothing needs to be undone.
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
