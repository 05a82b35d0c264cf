import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { Controls } from './acting/controls.ts';
import { Modals } from './acting/modals.ts';
import { methodCatalog } from './api/catalog.ts';
import { Uploads } from './api/files.ts';
import { ControlApi, sendJson } from './control/control-api.ts';
import { Faults } from './control/faults.ts';
import type { OfferedFaults } from './control/offered-faults.ts';
import { Dispatcher, noteLateAck } from './delivery/dispatcher.ts';
import { httpDelivery } from './delivery/http-delivery.ts';
import { SocketHub } from './delivery/socket-hub.ts';
import { readBody, readMultipart } from './http-body.ts';
import type { LocalSlackOptions } from './options.ts';
import { sendPageFile } from './page-files.ts';
import { SlackRefusal } from './refusal.ts';
import { answerResponseUrl } from './response-urls.ts';
import { Workspace } from './state/workspace.ts';
import { WebApi } from './web-api.ts';

/** A running local Slack. */
export interface LocalSlack {
  /** `http://127.0.0.1:PORT`: the page, and below it `/control`. */
  readonly url: string;
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly port: number;
  readonly workspace: Workspace;
  /** Away: it takes no calls and delivers nothing. The page and `/control` go on. */
  setDown(down: boolean): void;
  /** From now on the page offers these bad things that can happen to the world around it. */
  offerFaults(faults: OfferedFaults): void;
  close(): Promise<void>;
}

/**
 * Starts a Slack of our own on a loopback address: Web API, Socket Mode or signed HTTP delivery, the page and its control
 * API. Throws AuroraError when the address is not loopback or the port is taken.
 */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const host = options.host ?? '127.0.0.1';
  if (!['127.0.0.1', '::1', 'localhost'].includes(host))
    throw new AuroraError({
      code: 'not-loopback',
      message: `The local Slack does not listen on ${host}.`,
      hint: 'It checks no passwords, so it listens on 127.0.0.1 or ::1 only.',
    });
  const workspace = new Workspace(options);
  const hub = new SocketHub({
    clock: options.clock,
    rules: workspace.rules,
    appId: options.app.appId,
    onChange: (open) => workspace.feed.append({ type: 'connections', open, down: faults.isDown }),
    onLate: (id) => noteLateAck(workspace, id),
  });
  const { delivery: wanted } = options;
  const delivery =
    wanted.kind === 'socket'
      ? hub
      : httpDelivery({
          url: wanted.url,
          signingSecret: options.app.signingSecret,
          ackMs: workspace.rules.ackMs,
          now: workspace.now,
          isDown: () => faults.isDown,
        });
  const dispatcher = new Dispatcher({ workspace, delivery, clock: options.clock });
  const uploads = new Uploads();
  const webApi = new WebApi({
    workspace,
    methods: methodCatalog(uploads),
    issueSocketUrl: () =>
      `${workspace.baseUrl.replace('http:', 'ws:')}/link/?ticket=${hub.issueTicket()}&app_id=${options.app.appId}`,
  });
  const faults = new Faults({ workspace, hub, dispatcher, webApi, delivery: wanted.kind });
  const controls = new Controls({ workspace, dispatcher });
  const modals = new Modals({ workspace, dispatcher, controls });
  const control = new ControlApi({ workspace, dispatcher, controls, modals, faults });

  const server = createServer((request, response) => {
    route({ workspace, webApi, uploads, control, faults }, request, response).catch((error: unknown) =>
      sendError(response, error),
    );
  });
  server.on('upgrade', (request, socket, head) => {
    const isOurs = request.url?.startsWith('/link/') === true && isLocalRequest(workspace, request);
    if (!isOurs || faults.isDown) socket.destroy();
    else hub.upgrade(request, socket, head);
  });
  await listen(server, options.port, host);
  const port = portOf(server);
  workspace.baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

  return {
    url: workspace.baseUrl,
    apiUrl: `${workspace.baseUrl}/api/`,
    port,
    workspace,
    setDown: (down) => faults.set({ down }),
    offerFaults: (offered) => control.offerFaults(offered),
    close: async () => {
      control.close();
      dispatcher.close();
      hub.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

interface Parts {
  readonly workspace: Workspace;
  readonly webApi: WebApi;
  readonly uploads: Uploads;
  readonly control: ControlApi;
  readonly faults: Faults;
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLocalRequest(parts.workspace, request))
    return sendJson(response, { ok: false, error: 'not a request from this machine' }, 403);
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  const [, area = '', rest = ''] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  const isSlack = ['api', 'response', 'upload'].includes(area);
  if (isSlack && parts.faults.isDown) return void request.socket.destroy();
  switch (area) {
    case 'api':
      return await parts.webApi.handle(rest, request, response);
    case 'response':
      return await answerTo(parts.workspace, rest, request, response);
    case 'upload':
      return await takeUpload(parts, rest, request, response);
    case 'control':
      return await parts.control.handle(rest, request, response);
    case 'files':
      return sendFile(parts.workspace, rest.split('/')[0] ?? '', response);
    // Permalinks and the page itself.
    case '':
    case 'archives':
      return void (await sendPageFile('index.html', response));
    case 'page':
      if (await sendPageFile(rest, response)) return;
  }
  sendJson(response, { ok: false, error: 'not_found' }, 404);
}

/**
 * No password guards this server, so it answers only what this machine asks for itself: the Host must be ours (a name that
 * was rebound to loopback is not), and a browser's Origin must be our page.
 */
function isLocalRequest({ baseUrl }: Workspace, request: IncomingMessage): boolean {
  const { port } = new URL(baseUrl);
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host)) return false;
  return origin === undefined || hosts.some((name) => origin === `http://${name}`);
}

async function answerTo(
  workspace: Workspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, workspace.rules.bodyBytesMax);
  try {
    answerResponseUrl(workspace, id, JSON.parse(body.toString('utf8')));
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end('ok');
  } catch (error) {
    const code = error instanceof SlackRefusal ? error.code : 'invalid_payload';
    const gone = code === 'used_url' || code === 'expired_url';
    sendJson(response, { ok: false, error: code }, gone ? 404 : 400);
  }
}

async function takeUpload(
  { workspace, uploads }: Parts,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, workspace.rules.fileBytesMax + 4096);
  const contentType = request.headers['content-type'] ?? '';
  const bytes = contentType.startsWith('multipart/form-data')
    ? await firstFile(await readMultipart(body, contentType))
    : new Uint8Array(body);
  const answer = uploads.receive(secret, bytes);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end(answer);
}

async function firstFile(form: FormData): Promise<Uint8Array> {
  for (const [, value] of form)
    return new Uint8Array(typeof value === 'string' ? Buffer.from(value) : await value.arrayBuffer());
  return new Uint8Array();
}

/** A file for the page. Always a download or plain text: what an app uploads never runs here. */
function sendFile(workspace: Workspace, id: string, response: ServerResponse): void {
  const file = workspace.files.get(id);
  const bytes = workspace.readFileBytes(id);
  if (file === undefined || bytes === null) {
    sendJson(response, { ok: false, error: 'file_not_found' }, 404);
    return;
  }
  const isText = /^text\/(plain|csv|markdown)$|json/.test(file.mimetype);
  response.writeHead(200, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'content-disposition': `${isText ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof AuroraError) {
    const { code, message, hint } = error;
    sendJson(response, { ok: false, error: code, message, hint }, code === 'not-found' ? 404 : 400);
  } else if (error instanceof SlackRefusal)
    sendJson(
      response,
      { ok: false, error: error.code, ...error.fields, messages: error.messages },
      error.code === 'request_too_large' ? 413 : 400,
    );
  else sendJson(response, { ok: false, error: 'fatal_error', message: messageOf(error) }, 500);
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new AuroraError({
          code: 'port-taken',
          message: `The local Slack cannot listen on ${host}:${port}.`,
          hint: 'Choose another port, or 0 for any free one.',
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
