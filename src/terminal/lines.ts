import type { Socket } from 'node:net';

/** The lines of a socket without their ends, bounded; a last one without an end is none. Throws for a longer one. */
export async function* readLines(socket: Socket, bytesMax: number): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  // Not destroyed at its end: whoever wrote too much is still told so.
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      if (end > bytesMax) throw new Error('the line is too long');
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      yield line;
    }
    if (rest.length > bytesMax) throw new Error('the line is too long');
  }
}
