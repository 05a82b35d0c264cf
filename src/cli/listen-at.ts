/** An address of this machine at which a program of ours answers browsers and other programs. */
import type { Server } from 'node:http';
import { AuroraError, messageOf } from '../aurora/errors.ts';

interface Listening {
  /** The one that was asked for, or found where that was 0. */
  readonly port: number;
  /** Ends connections, whatever they wait for. */
  close(): Promise<void>;
}

/** Listens; an AuroraError of this code when it cannot. `what` begins its sentence, `key` is of the configuration. */
export async function listenAt(
  server: Server,
  { host, port }: { host: string; port: number },
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
