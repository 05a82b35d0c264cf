/**
 * How a program of ours is, at an address of its own: whether it lives, what it lacks, and its metrics. Whoever reaches it may read
 * them: they hold no secret, nothing is changed, and what costs something is looked at once for all who ask.
 */
import { createServer, type ServerResponse } from 'node:http';
import { messageOf } from '../aurora/errors.ts';
import { type ListenAddress, listenAt } from './listen-at.ts';
import type { Readiness } from './readiness.ts';

/** One Prometheus, one supervisor, and their spare. */
const connectionsMax = 20;

interface Health {
  readonly metrics: {
    /** In the text exposition format of Prometheus. */
    metrics(): Promise<string>;
    readonly contentType: string;
  };
  /** Absent where `/healthz` says it all. */
  readonly readiness?: Readiness;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type: string;
}

/** `/healthz`, `/metrics`, and `/readyz` where there is a readiness. AuroraError `metrics-address` when it cannot listen. */
export async function serveHealth(
  { metrics, readiness }: Health,
  address: ListenAddress,
): ReturnType<typeof listenAt> {
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    // Who answers has an event loop that turns.
    '/healthz': () => Promise.resolve(json(200, { ok: true })),
    '/metrics': async () => ({ status: 200, body: await metrics.metrics(), type: metrics.contentType }),
    ...(readiness !== undefined && {
      '/readyz': async () => {
        const missing = await readiness.look();
        return json(missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing });
      },
    }),
  };
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 60_000 },
    ({ method, url }, response) => {
      const path = url?.split('?')[0] ?? '';
      const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
      if (page === undefined) return send(response, text(404, `Here are ${Object.keys(pages).join(', ')}.`));
      if (method !== 'GET' && method !== 'HEAD') return send(response, text(405, 'Only GET is answered.'));
      page().then(
        (answer) => send(response, answer),
        (error: unknown) => send(response, text(500, messageOf(error))),
      );
    },
  );
  server.maxConnections = connectionsMax;
  return await listenAt(server, address, {
    code: 'metrics-address',
    what: 'Health and metrics',
    key: 'metrics.listen',
  });
}

function text(status: number, sentence: string): Answer {
  return { status, body: `${sentence}\n`, type: 'text/plain' };
}

function json(status: number, value: object): Answer {
  return { status, body: `${JSON.stringify(value)}\n`, type: 'application/json' };
}

function send(response: ServerResponse, { status, body, type }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    connection: status === 404 || status === 405 ? 'close' : 'keep-alive',
  });
  response.end(body);
}
