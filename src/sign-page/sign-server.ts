/** The page at an address of its own, for a bot in Socket Mode: Slack's deliveries need no inbound port, a browser does. */
import { createServer } from 'node:http';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { SignPage } from './sign-page.ts';

/** Few people sign at once. */
const connectionsMax = 100;

interface SignServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; AuroraError `sign-page-address` when it cannot. */
export async function listenForSigners(
  page: SignPage,
  { host, port }: { host: string; port: number },
): Promise<SignServer> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 15_000, keepAliveTimeout: 5_000 },
    (request, response) => {
      void page(request, response);
    },
  );
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AuroraError({
          code: 'sign-page-address',
          message: `The page for signing cannot be served at ${host}:${port}: ${messageOf(cause)}`,
          hint: 'Choose another address in people.listen.',
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
