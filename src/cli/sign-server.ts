/** The page at an address of its own, for a bot in Socket Mode: Slack's deliveries need no inbound port, a browser does. */
import { createServer } from 'node:http';
import type { SignPage } from '../sign-page/sign-page.ts';
import { listenAt } from './listen-at.ts';

/** Few people sign at once. */
const connectionsMax = 100;

/** Listens; AuroraError `sign-page-address` when it cannot. */
export async function listenForSigners(
  page: SignPage,
  address: { host: string; port: number },
): ReturnType<typeof listenAt> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 15_000, keepAliveTimeout: 5_000 },
    (request, response) => {
      void page(request, response);
    },
  );
  server.maxConnections = connectionsMax;
  return await listenAt(server, address, {
    code: 'sign-page-address',
    what: 'The page for signing',
    key: 'people.listen',
  });
}
