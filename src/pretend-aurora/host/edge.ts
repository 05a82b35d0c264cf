import net, { type AddressInfo } from 'node:net';
import { readTraffic } from './traffic.ts';

/**
 * A host's outside door: what comes from elsewhere in the network reaches the scheduler through it or not at
 * all.
 */
export interface Edge {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens where outside clients come in and passes their connections on to the scheduler's own port. While
 * the traffic file says `blocked`, new connections are reset, and open ones end within `lookEveryMs`. The
 * agent uses the scheduler's own port and is never in the way of this.
 */
export async function startEdge(options: {
  listen: { host: string; port: number };
  target: { host: string; port: number };
  trafficFile: string;
  lookEveryMs?: number;
}): Promise<Edge> {
  const { target, trafficFile } = options;
  const open = new Set<net.Socket>();
  const server = net.createServer((outside) => {
    if (readTraffic(trafficFile) === 'blocked') {
      outside.resetAndDestroy();
      return;
    }
    const inside = net.connect(target);
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const cutAll = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  const look = setInterval(() => {
    if (open.size > 0 && readTraffic(trafficFile) === 'blocked') cutAll();
  }, options.lookEveryMs ?? 100);
  look.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: options.listen.host,
    port,
    close: () =>
      new Promise((resolve) => {
        clearInterval(look);
        server.close(() => resolve());
        cutAll();
      }),
  };
}
