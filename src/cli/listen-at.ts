/** An address of this machine at which a program of ours answers browsers and other programs. */
import type { Server } from 'node:http';
import { z } from 'zod';
import { AuroraError, messageOf } from '../aurora/errors.ts';

/** As it stands in a configuration: `metrics.listen`. */
export const listenKey = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:[\]]+):\d{1,5}$/, 'must be host:port such as 127.0.0.1:9464')
  .transform((text): ListenAddress => {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(text) ?? [];
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  })
  .refine(({ port }) => port <= 65_535, 'must have a port of 65535 at most');

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

interface Listening {
  /** The one that was asked for, or found where that was 0. */
  readonly port: number;
  /** Ends connections, whatever they wait for. */
  close(): Promise<void>;
}

/** Listens; an AuroraError of this code when it cannot. `what` begins its sentence, `key` is of the configuration. */
export async function listenAt(
  server: Server,
  { host, port }: ListenAddress,
  refused: { readonly code: string; readonly what: string; readonly key: string },
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AuroraError({
          code: refused.code,
          message: `${refused.what} cannot be served at ${host}:${port}: ${messageOf(cause)}`,
          hint: `Choose another address in ${refused.key}.`,
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
