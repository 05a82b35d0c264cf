/** A server that closes a connection that was kept open at the moment of the next request on it, as one does that just found it idle too long. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

interface ClosingServer {
  readonly url: string;
  /** `METHOD path` of what arrived, in order; what was closed on is followed by ` closed`. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** `closesAlways` closes first connections, too. */
export async function startClosingServer(
  answer: RequestListener,
  { closesAlways = false } = {},
): Promise<ClosingServer> {
  const seen: string[] = [];
  const used = new WeakSet<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const closes = closesAlways || used.has(request.socket);
    used.add(request.socket);
    seen.push(`${request.method} ${request.url}${closes ? ' closed' : ''}`);
    if (closes) request.socket.destroy();
    else request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
