/** Serves the metrics at an address of their own, whichever way Slack delivers. Whoever reaches it may read them: they hold no secret. */
import { createServer, type ServerResponse } from 'node:http';
import { messageOf } from '../aurora/errors.ts';
import type { WatchMetrics } from '../watch/metrics.ts';
import { listenAt } from './listen-at.ts';
import type { ListenAddress } from './watch-config.ts';

/** One Prometheus, and its spare. */
const connectionsMax = 20;

/** Listens; AuroraError `metrics-address` when it cannot. */
export async function serveMetrics(
  metrics: Pick<WatchMetrics, 'text' | 'contentType'>,
  address: ListenAddress,
): ReturnType<typeof listenAt> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 60_000 },
    ({ method, url }, response) => {
      const wanted = url?.split('?')[0] === '/metrics';
      if (!wanted) return answer(response, 404, 'Metrics are at /metrics.\n');
      if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, 'Only GET is answered.\n');
      metrics.text().then(
        (text) => answer(response, 200, text, metrics.contentType),
        (error: unknown) => answer(response, 500, `${messageOf(error)}\n`),
      );
    },
  );
  server.maxConnections = connectionsMax;
  return await listenAt(server, address, {
    code: 'metrics-address',
    what: 'The metrics',
    key: 'metrics.listen',
  });
}

function answer(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, connection: status === 200 ? 'keep-alive' : 'close' });
  response.end(body);
}
