import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Endpoint } from '../../../aurora/leader.ts';
import type { Realm } from './basic-auth.ts';
import type { ApiContext } from './context.ts';
import { judgeRequest, leaderHealth } from './leader-redirect.ts';
import { mediaTypes } from './media-types.ts';
import { HttpFailure } from './rpc-failure.ts';
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

/** The connection breaks instead of an answer: what became of the call is unknown to the client. */
export class DroppedConnection extends Error {
  override name = 'DroppedConnection';
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
      else sendError(response, thrown, request.url ?? '/');
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
  response.setHeader('Server', 'Jetty(9.3.11.v20160721)');
  const url = request.url ?? '/';
  const path = url.split('?')[0] ?? '/';
  const bypass = request.headers['bypass-leader-redirect'] !== undefined;
  const verdict = judgeRequest({ path: url, bypass }, facts.leader(), facts.self());
  if (verdict.kind === 'redirect') {
    response.writeHead(307, { location: verdict.location, 'content-length': 0 }).end();
    return;
  }
  if (verdict.kind === 'no-leader') {
    const page = '<html><body>There is currently no leading scheduler.</body></html>';
    response.writeHead(503, { 'content-type': 'text/html;charset=utf-8' }).end(page);
    return;
  }
  switch (path) {
    case '/api':
      return serveCall(request, response, { context, realm });
    case '/health':
      return sendText(response, 200, 'OK\n');
    case '/leaderhealth': {
      const { status, text } = leaderHealth(facts.leader(), facts.self());
      return sendText(response, status, text);
    }
    case '/vars': {
      const lines = Object.entries(facts.vars()).map(([name, value]) => `${name} ${value}`);
      return sendText(response, 200, `${lines.join('\n')}\n`);
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
      return sendText(response, 200, 'Notifying application to quit.\n');
    default:
  }
  response.writeHead(404, { 'content-length': 0 }).end();
}

async function serveCall(
  request: IncomingMessage,
  response: ServerResponse,
  { context, realm }: { context: ApiContext; realm: Realm | null },
): Promise<void> {
  const { headers } = request;
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
    if (answer.protocol !== null) response.setHeader('Content-Type', mediaTypes[answer.protocol]);
    response.writeHead(401, { 'content-length': 0 }).end();
    return;
  }
  const zipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  response.setHeader('Vary', 'Accept-Encoding, User-Agent');
  response.setHeader('Content-Type', mediaTypes[answer.protocol]);
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200);
  await new Promise<void>((resolve) => {
    response.end(zipped ? gzipSync(answer.body) : answer.body, resolve);
  });
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain;charset=utf-8' }).end(text);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Jetty's error page; the connection ends with it. */
function sendError(response: ServerResponse, thrown: unknown, path: string): void {
  const reason = thrown instanceof HttpFailure ? thrown.message : String(thrown);
  const escaped = reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
  const page = [
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>',
    '<title>Error 500 </title>\n</head>\n<body>\n<h2>HTTP ERROR: 500</h2>',
    `<p>Problem accessing ${path}. Reason:\n<pre>    ${escaped}</pre></p>\n</body>\n</html>\n`,
  ].join('\n');
  response
    .writeHead(500, {
      'content-type': 'text/html;charset=iso-8859-1',
      'cache-control': 'must-revalidate,no-cache,no-store',
      connection: 'close',
    })
    .end(page);
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
