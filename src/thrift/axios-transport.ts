import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import axios, { type AxiosResponse } from 'axios';
import { type AnswerBound, answerTotalMs, boundAnswer, boundedBytes } from '../aurora/answer-bound.ts';
import type { Clock } from '../aurora/clock.ts';
import { messageOf } from '../aurora/errors.ts';
import { timeText } from '../aurora/time-text.ts';
import {
  type RpcRequest,
  type RpcStream,
  type RpcTransport,
  TransportError,
  wholeReply,
} from './transport.ts';

interface AxiosTransportOptions {
  /** Of the scheduler's API, such as `http://10.0.0.1:8081/api`. */
  readonly url: string;
  readonly clock: Clock;
  /** How long connecting may take, within the deadline of a request. */
  readonly connectMs?: number;
  /** From connecting to the last byte of an answer, however steadily it comes. */
  readonly totalMs?: number;
  /**
   * Asked for the target of a redirect to the leader; `true` sends the request, credentials included, once more to
   * there (a redirecting scheduler has not touched it). Without it a redirect is an answer like any other. Never name
   * a host here that is not a scheduler: it gets the password.
   */
  readonly followTo?: (target: URL) => boolean;
  /** For a `https` address: whom to trust, and the certificate to show. */
  readonly tls?: SecureContextOptions;
}

/** Of the page behind a redirect. */
const redirectBytesMax = 64 * 1024;
const redirects: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** Direct HTTP to one scheduler. Every request has its own connection, so that none meets one that was just closed. */
export function axiosTransport(options: AxiosTransportOptions): RpcTransport {
  return {
    async open(request) {
      const reply = await send(options.url, request, options);
      const target = redirectTarget(reply, options.url);
      if (target === null || options.followTo?.(target) !== true) return reply;
      await wholeReply(reply, redirectBytesMax);
      return send(target.href, request, options);
    },
  };
}

function redirectTarget(reply: Omit<RpcStream, 'body'>, base: string): URL | null {
  const location = reply.headers.location;
  if (!redirects.has(reply.status) || location === undefined) return null;
  const target = URL.canParse(location, base) ? new URL(location, base) : null;
  return target?.protocol === new URL(base).protocol ? target : null;
}

/** What is known of a request when it fails: the difference between "not sent" and "unknown". */
interface Progress {
  connected: boolean;
  readonly bound: AnswerBound;
}

async function send(url: string, request: RpcRequest, options: AxiosTransportOptions): Promise<RpcStream> {
  const { clock, totalMs = answerTotalMs } = options;
  const connectMs = Math.min(options.connectMs ?? 5_000, request.deadlineMs);
  const connecting = boundAnswer(clock, { silenceMs: connectMs });
  const bound = boundAnswer(clock, { silenceMs: request.deadlineMs, totalMs });
  const progress: Progress = { connected: false, bound };
  const agent = watchedAgent(url, options.tls, () => {
    progress.connected = true;
    connecting.end();
    bound.resume();
  });
  const end = (): void => {
    connecting.end();
    bound.end();
    agent.destroy();
  };
  const failed = (thrown: unknown): TransportError => translate(thrown, { url, connectMs, progress });
  try {
    const response: AxiosResponse<Readable> = await axios.post(url, request.body, {
      headers: { 'Accept-Encoding': 'gzip', ...request.headers },
      httpAgent: agent,
      httpsAgent: agent,
      signal: AbortSignal.any([connecting.signal, bound.signal]),
      responseType: 'stream',
      // An HTTP error is an answer, a redirect is the caller's decision, and a proxy would see the password.
      validateStatus: () => true,
      maxRedirects: 0,
      proxy: false,
      maxContentLength: Number.POSITIVE_INFINITY,
      maxBodyLength: Number.POSITIVE_INFINITY,
    });
    bound.resume();
    const body = bodyOf(response.data, { bound, failed, end });
    return { status: response.status, headers: headersOf(response), body };
  } catch (thrown) {
    end();
    throw failed(thrown);
  }
}

/** Whoever reads it may take their time; the connection ends with the reading. */
async function* bodyOf(
  bytes: Readable,
  {
    bound,
    failed,
    end,
  }: { bound: AnswerBound; failed: (thrown: unknown) => TransportError; end: () => void },
): AsyncGenerator<Buffer> {
  try {
    yield* boundedBytes(piecesOf(bytes, failed), bound);
  } finally {
    bytes.destroy();
    end();
  }
}

/** What goes wrong on the way here, apart from what goes wrong with who reads. */
async function* piecesOf(
  bytes: AsyncIterable<Buffer>,
  failed: (thrown: unknown) => TransportError,
): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (thrown) {
    throw failed(thrown);
  }
}

/** An agent for one request that tells when its connection stands. */
function watchedAgent(url: string, tls: SecureContextOptions | undefined, onConnect: () => void): HttpAgent {
  const secure = new URL(url).protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: false, ...tls }) : new HttpAgent({ keepAlive: false });
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = create(...args);
    socket?.once(secure ? 'secureConnect' : 'connect', onConnect);
    return socket;
  };
  return agent;
}

function headersOf(response: AxiosResponse<Readable>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function translate(
  thrown: unknown,
  at: {
    url: string;
    connectMs: number;
    progress: Progress;
  },
): TransportError {
  const { host } = new URL(at.url);
  const { connected, bound } = at.progress;
  // The error of axios carries the request with its credentials: only its text goes on.
  const cause = new Error(messageOf(thrown));
  if (!connected)
    return new TransportError('rpc-unreachable', {
      message: `No connection to the scheduler at ${host}${axios.isCancel(thrown) ? ` within ${timeText(at.connectMs)}` : `: ${cause.message}`}.`,
      cause,
    });
  if (bound.met !== null)
    return new TransportError('rpc-timeout', {
      message: `The scheduler at ${host} did not answer: ${bound.met}.`,
      cause,
    });
  return new TransportError('rpc-connection-broken', {
    message: `The connection to the scheduler at ${host} broke before the whole answer was there: ${cause.message}.`,
    cause,
  });
}
