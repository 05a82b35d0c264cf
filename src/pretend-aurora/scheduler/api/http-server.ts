import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Endpoint } from '../../../aurora/leader.ts';
import { type HttpServer, sendJson, serveHttp } from '../../serve-http.ts';
import type { Advertised } from '../../zookeeper/serverset-view.ts';
import type { Realm } from './basic-auth.ts';
import type { ApiContext } from './context.ts';
import { judgeCall, leaderHealth } from './leader-redirect.ts';
import { answerMediaType, type Protocol } from './media-types.ts';
import { DroppedConnection, HttpFailure } from './rpc-failure.ts';
import { answerCall } from './thrift-endpoint.ts';

/** What the pages and the redirect filter need beside the calls. */
interface HttpFacts {
  /** Who ZooKeeper advertises. */
  leader(): Advertised;
  self(): Endpoint;
  vars(): Readonly<Record<string, number | string>>;
}

interface ServedScheduler {
  readonly context: ApiContext;
  readonly realm: Realm | null;
  readonly facts: HttpFacts;
}

/** Serves `-http_port`: the calls, and the two pages that tell how a scheduler is. Throws when the port is taken. */
export async function startHttpServer(
  options: { host: string; port: number } & ServedScheduler,
): Promise<HttpServer> {
  return await serveHttp(options, async (request, response, body) => {
    try {
      await serve({ request, response, body }, options);
    } catch (thrown) {
      if (thrown instanceof DroppedConnection || response.headersSent) throw thrown;
      const reason = thrown instanceof HttpFailure ? thrown.message : String(thrown);
      // The words of Jetty's own page for an error.
      send(response, 500, `HTTP ERROR: 500 Problem accessing ${request.url ?? '/'}. Reason: ${reason}`);
    }
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

async function serve(exchange: Exchange, scheduler: ServedScheduler): Promise<void> {
  const { request, response } = exchange;
  const { context, facts } = scheduler;
  const seen = { leader: facts.leader(), self: facts.self() };
  switch (request.url) {
    case '/api': {
      const bypass = request.headers['bypass-leader-redirect'] !== undefined;
      const verdict = judgeCall(seen, { bypass, redirects: context.release.redirects });
      if (verdict === 'serve') return await serveCall(exchange, scheduler);
      if (verdict === 'no-leader') return send(response, 503, 'No Leader Found');
      response.writeHead(307, { location: `${verdict.location}/api`, 'content-length': 0 }).end();
      return;
    }
    case '/leaderhealth':
      if (!context.release.leaderHealth) break;
      return send(response, leaderHealth(seen), '');
    case '/vars.json':
      return sendJson(response, facts.vars());
    default:
  }
  send(response, 404, '');
}

async function serveCall(
  { request, response, body }: Exchange,
  { context, realm }: ServedScheduler,
): Promise<void> {
  const { headers } = request;
  const { accept, authorization } = headers;
  const labelOf = (protocol: Protocol): string => answerMediaType(protocol, context.release.mediaTypes);
  const call = { contentType: headers['content-type'], accept, authorization, body };
  const answer = await answerCall(call, context, realm);
  if (answer.kind === 'unsupported') return send(response, 415, answer.text);
  if (answer.kind === 'unauthorized') {
    response.setHeader('WWW-Authenticate', 'BASIC realm="Apache Aurora Scheduler"');
    if (answer.protocol !== null) response.setHeader('Content-Type', labelOf(answer.protocol));
    return send(response, 401, '');
  }
  const zipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  response.setHeader('Content-Type', labelOf(answer.protocol));
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  await new Promise<void>((resolve) => {
    response.writeHead(200).end(zipped ? gzipSync(answer.body) : answer.body, resolve);
  });
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
}
