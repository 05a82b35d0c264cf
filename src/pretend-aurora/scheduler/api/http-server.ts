import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Endpoint } from '../../../aurora/leader.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import type { Realm } from './basic-auth.ts';
import type { ApiContext } from './context.ts';
import { judgeRequest, leaderHealth } from './leader-redirect.ts';
import { answerMediaType, type Protocol } from './media-types.ts';
import { errorPage, noLeaderPage, pageStyles } from './pages.ts';
import { DroppedConnection, HttpFailure } from './rpc-failure.ts';
import { answerCall } from './thrift-endpoint.ts';

/** What the pages and the redirect filter need beside the calls. */
interface HttpFacts {
  /** Who ZooKeeper advertises. */
  leader(): Endpoint | null;
  self(): Endpoint;
  vars(): Readonly<Record<string, number | string>>;
  services(): readonly string[];
  /** `/quitquitquit`: starts an orderly end. */
  quit(): void;
}

export interface HttpServer {
  readonly port: number;
  /** Closes the port and every connection; it does not end the process. */
  close(): Promise<void>;
}

const bodyLimit = 64 * 1024 * 1024;

/** Serves `-http_port`. Throws when the port is taken. */
export async function startHttpServer(options: {
  host: string;
  port: number;
  context: ApiContext;
  realm: Realm | null;
  facts: HttpFacts;
}): Promise<HttpServer> {
  const server = http.createServer((request, response) => {
    serve(request, response, options).catch((thrown: unknown) => {
      if (thrown instanceof DroppedConnection || response.headersSent) response.destroy();
      else sendError(response, thrown, { path: request.url ?? '/', release: options.context.release });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { context, realm, facts }: { context: ApiContext; realm: Realm | null; facts: HttpFacts },
): Promise<void> {
  const { release } = context;
  const style = pageStyles[release.pages];
  response.setHeader('Server', style.server);
  const url = request.url ?? '/';
  const path = url.split('?')[0] ?? '/';
  const bypass = request.headers['bypass-leader-redirect'] !== undefined;
  const seen = { leader: facts.leader(), self: facts.self() };
  const verdict = judgeRequest({ path: url, bypass }, seen, release.redirect);
  if (verdict.kind === 'redirect') {
    response.writeHead(307, { location: verdict.location, 'content-length': 0 }).end();
    return;
  }
  if (verdict.kind === 'no-leader') {
    response.writeHead(503, { 'content-length': Buffer.byteLength(noLeaderPage) }).end(noLeaderPage);
    return;
  }
  const sendText = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': style.text }).end(text);
  };
  switch (path) {
    case '/api':
      return serveCall(request, response, { context, realm });
    case '/health':
      return sendText(200, 'OK\n');
    case '/leaderhealth': {
      if (!release.leaderHealth) break;
      const { status, text } = leaderHealth(facts.leader(), facts.self());
      return sendText(status, text);
    }
    case '/vars': {
      const lines = Object.entries(facts.vars()).map(([name, value]) => `${name} ${value}`);
      return sendText(200, `${lines.join('\n')}\n`);
    }
    case '/vars.json':
      return sendJson(response, facts.vars());
    case '/services':
      return sendJson(
        response,
        facts.services().map((name) => ({ name, state: 'RUNNING' })),
      );
    case '/quitquitquit':
      if (request.method !== 'POST') break;
      facts.quit();
      return sendText(200, 'Notifying application to quit.\n');
    default:
  }
  if (style.notFoundPage.test(path)) {
    const page = errorPage(404, { path, reason: 'Not Found' });
    response.writeHead(404, { 'content-type': style.html, 'cache-control': neverCached }).end(page);
  } else response.writeHead(404, { 'content-length': 0 }).end();
}

const neverCached = 'must-revalidate,no-cache,no-store';

async function serveCall(
  request: IncomingMessage,
  response: ServerResponse,
  { context, realm }: { context: ApiContext; realm: Realm | null },
): Promise<void> {
  const { headers } = request;
  const labelOf = (protocol: Protocol): string => answerMediaType(protocol, context.release.mediaTypes);
  const answer = await answerCall(
    {
      contentType: headers['content-type'],
      accept: headers.accept,
      authorization: headers.authorization,
      body: await readBody(request),
    },
    context,
    realm,
  );
  if (answer.kind === 'unsupported') {
    response.writeHead(415, { 'content-length': Buffer.byteLength(answer.text) }).end(answer.text);
    return;
  }
  if (answer.kind === 'unauthorized') {
    response.setHeader('WWW-Authenticate', 'BASIC realm="Apache Aurora Scheduler"');
    if (answer.protocol !== null) response.setHeader('Content-Type', labelOf(answer.protocol));
    response.writeHead(401, { 'content-length': 0 }).end();
    return;
  }
  const zipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  response.setHeader('Vary', 'Accept-Encoding, User-Agent');
  response.setHeader('Content-Type', labelOf(answer.protocol));
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200);
  await new Promise<void>((resolve) => {
    response.end(zipped ? gzipSync(answer.body) : answer.body, resolve);
  });
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Jetty's error page; with most releases the connection ends with it. */
function sendError(
  response: ServerResponse,
  thrown: unknown,
  { path, release }: { path: string; release: SimulatedRelease },
): void {
  const style = pageStyles[release.pages];
  const reason = thrown instanceof HttpFailure ? thrown.message : String(thrown);
  response
    .writeHead(500, {
      'content-type': style.html,
      'cache-control': neverCached,
      ...(style.closesAfterError && { connection: 'close' }),
    })
    .end(errorPage(500, { path, reason }));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.from(piece as Uint8Array);
    size += bytes.length;
    if (size > bodyLimit) throw new HttpFailure('java.lang.OutOfMemoryError: Java heap space');
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
