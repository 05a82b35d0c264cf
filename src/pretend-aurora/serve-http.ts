import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpServer {
  readonly port: number;
  /** Cuts every connection. */
  cutAll(): void;
  /** Closes the port and every connection; it does not end the process. */
  close(): Promise<void>;
}

const bodyBytesMax = 256 * 1024 * 1024;

/**
 * Listens, and hands every request over with its whole body. An answer that throws ends the connection. A scheduler is a
 * process that starts in a tenth of a second, and loading a framework takes as long again. Throws when the port is taken.
 */
export async function serveHttp(
  { host, port }: { host: string; port: number },
  answer: (
    request: http.IncomingMessage,
    response: http.ServerResponse,
    body: Buffer,
  ) => Promise<void> | void,
): Promise<HttpServer> {
  const server = http.createServer((request, response) => {
    readBody(request)
      .then((body) => answer(request, response, body))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    cutAll: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: http.ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.from(piece as Uint8Array);
    size += bytes.length;
    if (size > bodyBytesMax) throw new Error('the body is too large');
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
