import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { type AnswerBound, boundAnswer, boundedBytes, collectBytes } from '../aurora/answer-bound.ts';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import { askOnceMoreIfStale } from '../aurora/stale-connection.ts';
import type { MasterConnections } from './access.ts';

/** The read calls of the v1 operator API that we make (mesos.md 4.5). */
export type OperatorCall = 'GET_MASTER' | 'GET_AGENTS' | 'GET_FRAMEWORKS' | 'GET_TASKS';

/** Why an answer that began is none, as a clause. */
export class AnswerFault extends Error {}

/** How one master answered one call. */
type OperatorAnswer =
  /** What it says arrives. Read once; AnswerFault when it breaks off. */
  | { readonly kind: 'ok'; readonly body: AsyncIterable<Buffer> }
  /** Another one leads: its base URL. */
  | { readonly kind: 'elsewhere'; readonly master: string }
  /** 503: no leader is known, or the leader has not finished recovery. `said` is its one-line explanation. */
  | { readonly kind: 'not-ready'; readonly said: string }
  /** It wants other credentials than were sent, or more rights; the reason for a person. */
  | { readonly kind: 'unauthorized'; readonly reason: string }
  /** No usable answer, with the reason for a person. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Of an answer that is no good one: an error page, a sentence. */
const refusalBytesMax = 64 * 1024;

/**
 * Asks one master one thing. Follows nothing, and waits while something comes every `deadlineMs`. Never throws for what a
 * master does. A good answer must be read, or its reading be ended.
 */
export async function callOperatorApi(request: {
  /** Base URL, such as `http://m1.example:5050`. */
  readonly master: string;
  readonly call: OperatorCall;
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Value of the Authorization header; `null` for none. */
  readonly authorization: string | null;
  readonly connections: MasterConnections;
}): Promise<OperatorAnswer> {
  const { master, call, deadlineMs, clock, authorization, connections } = request;
  const url = new URL('/api/v1', master);
  const bound = boundAnswer(clock, { silenceMs: deadlineMs });
  let isReadLater = false;
  try {
    const ask = (isAgain: boolean): Promise<AxiosResponse<Readable>> =>
      axios.post(url.href, JSON.stringify({ type: call }), {
        // The master wants exactly this media type.
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          ...(authorization !== null && { Authorization: authorization }),
        },
        ...connections[isAgain ? 'fresh' : 'kept'],
        responseType: 'stream',
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: Number.POSITIVE_INFINITY,
        proxy: false,
        signal: bound.signal,
      });
    const response = await askOnceMoreIfStale(ask);
    bound.resume();
    const { status, headers, data } = response;
    if (status === 200) {
      isReadLater = true;
      return { kind: 'ok', body: bodyOf(data, bound) };
    }
    const text = (await collectBytes(data, { bound, bytesMax: refusalBytesMax })).toString('utf8');
    return readRefusal({
      url,
      status,
      location: headers.location,
      text,
      call,
      withCredentials: authorization !== null,
    });
  } catch (error) {
    return { kind: 'failed', reason: bound.met ?? failureOf(error) };
  } finally {
    if (!isReadLater) bound.end();
  }
}

/** Whoever reads it may take their time; the connection ends with the reading. */
async function* bodyOf(data: Readable, bound: AnswerBound): AsyncGenerator<Buffer> {
  try {
    yield* boundedBytes(piecesOf(data, bound), bound);
  } finally {
    data.destroy();
    bound.end();
  }
}

/** What goes wrong on the way here, apart from what goes wrong with who reads. */
async function* piecesOf(data: AsyncIterable<Buffer>, bound: AnswerBound): AsyncGenerator<Buffer> {
  try {
    yield* data;
  } catch (error) {
    throw new AnswerFault(bound.met ?? failureOf(error));
  }
}

interface Response {
  readonly url: URL;
  readonly status: number;
  readonly location: unknown;
  readonly text: string;
  readonly call: OperatorCall;
  readonly withCredentials: boolean;
}

function readRefusal({ url, status, location, text, call, withCredentials }: Response): OperatorAnswer {
  if (status === 307 && typeof location === 'string') {
    // Masters answer `//host:port/path`, to be read against the scheme of the question.
    const target = URL.canParse(location, url.href) ? new URL(location, url) : null;
    const web = target?.protocol === 'http:' || target?.protocol === 'https:';
    if (withCredentials && url.protocol === 'https:' && target?.protocol === 'http:')
      return {
        kind: 'failed',
        reason: `it redirects to ${target.origin}, where credentials would go unencrypted`,
      };
    if (target !== null && web) return { kind: 'elsewhere', master: target.origin };
    return { kind: 'failed', reason: `it redirects to ${messageOf(location)}` };
  }
  if (status === 503) return { kind: 'not-ready', said: messageOf(text) || 'HTTP 503' };
  if (status === 401) {
    const why = withCredentials
      ? 'it rejects the credentials that were sent'
      : 'it requires credentials, and none were sent';
    return { kind: 'unauthorized', reason: `HTTP 401: ${why}` };
  }
  if (status === 403)
    return {
      kind: 'unauthorized',
      reason: `HTTP 403: ${call} is not allowed${withCredentials ? ' with these credentials' : ' without credentials'}`,
    };
  if (status === 404)
    return { kind: 'failed', reason: 'HTTP 404: it has no /api/v1, which came with Mesos 1.0' };
  return { kind: 'failed', reason: `HTTP ${status}` };
}

/** OpenSSL's words for a certificate do not say where to put what is missing. */
function failureOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = messageOf(error);
  if (/ISSUER|SELF_SIGNED|VERIFY/.test(code))
    return `${said}; name the authority of its certificate as mesos.tls.ca`;
  return /ALERT.*CERT|CERTIFICATE_REQUIRED/.test(code)
    ? `${said}; it requires a certificate: mesos.tls.cert and mesos.tls.key`
    : said;
}
