import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay between a client and a server, for the faults of a network. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Cuts every connection; new ones are relayed again. */
  cut(): void;
  /** Cuts every connection and every new one, until `open`. */
  shut(): void;
  open(): void;
  /** Relays nothing more in either direction and keeps connections up, until `open`: a black hole. */
  swallow(): void;
  /** Cuts the next connection that has relayed this many bytes to the client, in the middle of whatever that is. */
  cutAfter(bytesToClient: number): void;
  close(): Promise<void>;
}

/** Starts a relay on a free loopback port. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let mode: 'open' | 'shut' | 'swallow' = 'open';
  let budget = Number.POSITIVE_INFINITY;

  const server = createServer((client) => {
    if (mode === 'shut') {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    const both = [client, upstream];
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        for (const other of both) other.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (mode !== 'swallow') upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (mode === 'swallow') return;
      const part = chunk.subarray(0, Math.min(chunk.length, budget));
      budget -= part.length;
      if (budget > 0) {
        client.write(part);
        return;
      }
      budget = Number.POSITIVE_INFINITY;
      // Ended, not destroyed: what was relayed arrives before the cut.
      client.end(part);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: '127.0.0.1',
    port,
    cut,
    shut: () => {
      mode = 'shut';
      cut();
    },
    open: () => {
      mode = 'open';
    },
    swallow: () => {
      mode = 'swallow';
    },
    cutAfter: (bytesToClient) => {
      budget = bytesToClient;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
