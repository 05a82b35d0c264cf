/** Serves the metrics at an address of their own, whichever way Slack delivers. Whoever reaches it may read them: they hold no secret. */
import { createServer, type ServerResponse } from 'node:http';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import type { WatchMetrics } from '../watch/metrics.ts';
import type { ListenAddress } from './watch-config.ts';

/** One Prometheus, and its spare. */
const connectionsMax = 20;

interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; AuroraError `metrics-address` when it cannot. */
export async function serveMetrics(
  metrics: Pick<WatchMetrics, 'text' | 'contentType'>,
  { host, port }: ListenAddress,
): Promise<MetricsServer> {
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
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AuroraError({
          code: 'metrics-address',
          message: `The metrics cannot be served at ${host}:${port}: ${messageOf(cause)}`,
          hint: 'Choose another address in metrics.listen.',
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

function answer(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, connection: status === 200 ? 'keep-alive' : 'close' });
  response.end(body);
}
