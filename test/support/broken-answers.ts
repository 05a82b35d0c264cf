/** HTTP answers that break off or come slowly, as bytes on a socket: a server's library would not write most of them. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { WatchedClock } from './watched-clock.ts';

interface Cut {
  readonly name: string;
  /** Sends half of the body, and ends as nobody should. */
  readonly send: (response: ServerResponse, body: Buffer, contentType: string) => void;
}

function raw(response: ServerResponse, headers: readonly string[], body: Buffer | string): void {
  const { socket } = response;
  socket?.write(['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n'));
  socket?.end(body);
}

const half = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));

/** All of them with HTTP 200. */
export const cuts: readonly Cut[] = [
  {
    name: 'fewer bytes than Content-Length says',
    send: (response, body, type) =>
      raw(response, [`Content-Type: ${type}`, `Content-Length: ${body.length}`], half(body)),
  },
  {
    name: 'no bytes where Content-Length announces some',
    send: (response, body, type) =>
      raw(response, [`Content-Type: ${type}`, `Content-Length: ${body.length}`], ''),
  },
  {
    name: 'chunks without the last one',
    send: (response, body, type) => {
      const part = half(body);
      raw(
        response,
        [`Content-Type: ${type}`, 'Transfer-Encoding: chunked'],
        Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
      );
    },
  },
  {
    name: 'a body that ends early in an answer that is whole',
    send: (response, body, type) =>
      raw(response, [`Content-Type: ${type}`, `Content-Length: ${half(body).length}`], half(body)),
  },
  {
    name: 'a body that ends with the connection',
    send: (response, body, type) => raw(response, [`Content-Type: ${type}`, 'Connection: close'], half(body)),
  },
  {
    name: 'gzip that ends early',
    send: (response, body, type) => {
      const zipped = half(gzipSync(body));
      raw(
        response,
        [`Content-Type: ${type}`, 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`],
        zipped,
      );
    },
  },
];

/** Sends a body in so many pieces, one every `everyMs` of the clock; `ends: false` leaves it open behind the last. */
export async function trickle(
  response: ServerResponse,
  body: Buffer,
  how: { clock: WatchedClock; pieces: number; everyMs: number; ends?: boolean },
): Promise<void> {
  const { clock, pieces, everyMs, ends = true } = how;
  const size = Math.ceil(body.length / pieces);
  for (let at = 0; at < body.length; at += size) {
    await clock.seen(() => response.write(body.subarray(at, at + size)));
    await clock.passes(everyMs);
  }
  if (ends) response.end();
}
