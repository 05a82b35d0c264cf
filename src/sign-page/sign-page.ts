/**
 * The page where people sign with a passkey, over plain HTTP of Node: its files, and what it asks. Nothing on it comes from elsewhere,
 * nothing of it may be framed or kept. A copy of it that is hosted elsewhere may ask from the origins that the roster names.
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { type SignCallsDeps, signCalls } from './sign-calls.ts';

/** Answers whatever is asked below `/sign`; never rejects. */
export type SignPage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface SignPageDeps extends SignCallsDeps {
  log(level: 'info' | 'warn' | 'error', fields: Record<string, unknown>, message: string): void;
}

/** The page's own files, beside this module, so that a build only has to copy the folder. */
const directory = new URL('./page/', import.meta.url);
const named: Readonly<Record<string, string>> = { '': 'sign.html', enroll: 'enroll.html' };
const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** A signature with all it needs has 8 kB at most. */
const bodyBytesMax = 32 * 1024;

const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'publickey-credentials-get=(self), publickey-credentials-create=(self)',
} as const;

export function createSignPage(deps: SignPageDeps): SignPage {
  return async (request, response) => {
    try {
      await answer(deps, request, response);
    } catch (error) {
      deps.log('error', { err: messageOf(error) }, 'the page for signing could not answer');
      if (!response.headersSent) send(response, 500, { error: 'The bot made a mistake. Its log says more.' });
      else response.destroy();
    }
  };
}

async function answer(deps: SignPageDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://page');
  const { method } = request;
  if (pathname === '/sign') {
    response.writeHead(308, { ...headers, location: '/sign/' }).end();
    return;
  }
  const name = /^\/sign\/([a-z/.-]*)$/.exec(pathname)?.[1];
  const call = name?.startsWith('api/') === true ? signCalls[name.slice('api/'.length)] : undefined;
  if (call === undefined) {
    if (method !== 'GET' && method !== 'HEAD')
      return send(response, 405, { error: 'That request is malformed.' });
    return await sendFile(name, response);
  }
  const cors = await corsOf(deps, request);
  if (method === 'OPTIONS') {
    response.writeHead(204, { ...headers, ...cors }).end();
    return;
  }
  if (method !== 'POST') return send(response, 405, { error: 'That request is malformed.' });
  if (request.headers['content-type'] !== 'application/json')
    return send(response, 415, { error: 'The page asks in JSON.' });
  await answerCall(deps, { call, name: name ?? '', cors }, request, response);
}

async function answerCall(
  deps: SignPageDeps,
  asked: { call: (typeof signCalls)[string]; name: string; cors: Readonly<Record<string, string>> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { call, name, cors } = asked;
  const body = await readBody(request);
  if (body === null) return send(response, 413, { error: 'That request is too long.' }, cors);
  try {
    send(response, 200, await call(deps, body), cors);
    deps.log('info', { call: name }, 'the page for signing was answered');
  } catch (error) {
    if (error instanceof AuroraError) {
      deps.log('info', { call: name, code: error.code }, 'the page for signing was refused');
      return send(response, 403, { error: plainly(`${error.message} ${error.hint}`) }, cors);
    }
    if (!(error instanceof Error) || error.name !== 'ZodError') throw error;
    send(response, 400, { error: 'This page is of another version than the bot. Load it again.' }, cors);
  }
}

/** Whoever the roster trusts with signatures may ask for what to sign; nobody else's page can read the answer. */
async function corsOf(
  { signatures, clock }: SignPageDeps,
  request: IncomingMessage,
): Promise<Readonly<Record<string, string>>> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  const roster = await signatures.readRoster(clock.now()).catch(() => null);
  if (roster?.relyingParty?.origins.includes(origin) !== true) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type',
    vary: 'origin',
  };
}

/** `null` for one that is too long, `undefined` for what is no JSON; how long it may take is the server's to say. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) return null;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

async function sendFile(name: string | undefined, response: ServerResponse): Promise<void> {
  const file = named[name ?? '-'] ?? name ?? '';
  const mediaType = mediaTypes[extname(file)];
  const isOurs = mediaType !== undefined && /^[a-z][a-z-]*\.[a-z]+$/.test(file);
  const bytes = isOurs ? await readFile(new URL(file, directory)).catch(() => null) : null;
  if (bytes === null || mediaType === undefined)
    return send(response, 404, { error: 'There is nothing here.' });
  response.writeHead(200, { ...headers, 'content-type': mediaType }).end(bytes);
}

function send(
  response: ServerResponse,
  status: number,
  body: Record<string, unknown>,
  more: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { ...headers, ...more, 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body));
}

/** Refusals are written for Slack. */
function plainly(text: string): string {
  return text.replaceAll('`', '').trim();
}
