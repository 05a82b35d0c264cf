/** HTTP to one agent: deadlines, keep-alive, and every failure as an AuroraError. */
import { Agent as HttpConnections } from 'node:http';
import { Agent as HttpsConnections } from 'node:https';
import { Readable } from 'node:stream';
import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { type AnswerBound, boundAnswer, boundedBytes, collectBytes } from '../aurora/answer-bound.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { errorSchema } from './protocol.ts';

interface AgentHttp {
  read<T>(path: string, parse: (body: unknown) => T): Promise<T>;
  send<T>(path: string, body: unknown, parse: (body: unknown) => T, signal?: AbortSignal): Promise<T>;
  /** Opens a stream; resolves when the agent has agreed to send it. */
  open(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** The same, opened when it is first read. */
  stream(path: string): AsyncIterable<Uint8Array>;
  upload(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
}

/** PEM texts by which bot and agent know one another; agents that are not on this machine ask for them. */
export interface ClientTls {
  /** The authority of the agents' certificates. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface AgentAddress {
  readonly host: string;
  readonly url: string;
  /** The longest silence of the agent. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly tls?: ClientTls | undefined;
}

const answerBytesMax = 256 * 1024 * 1024;
/** Of a backup's tasks, or its bytes: some GB at the pace of a slow disk. */
const streamTotalMs = 60 * 60_000;

/** Connections are kept open between requests (4.5 times faster over TLS, measured). */
export function createAgentHttp(address: AgentAddress): AgentHttp {
  const { host, url, deadlineMs, clock, tls } = address;
  const http = axios.create({
    baseURL: url,
    httpAgent: new HttpConnections({ keepAlive: true }),
    httpsAgent: new HttpsConnections({ keepAlive: true, minVersion: 'TLSv1.3', ...tls }),
    proxy: false,
    maxRedirects: 0,
    maxContentLength: Number.POSITIVE_INFINITY,
    maxBodyLength: Number.POSITIVE_INFINITY,
    validateStatus: () => true,
    responseType: 'stream',
  });
  const streamLimits = { silenceMs: deadlineMs, totalMs: streamTotalMs };

  const ask = async <T>(
    config: AxiosRequestConfig,
    parse: (body: unknown) => T,
    given?: AbortSignal,
  ): Promise<T> => {
    const bound = boundAnswer(clock, { silenceMs: deadlineMs });
    const signal = given === undefined ? bound.signal : AbortSignal.any([bound.signal, given]);
    try {
      const body = await readBody(host, await http.request<Readable>({ ...config, signal }), bound);
      return parseAnswer(host, body, parse);
    } catch (error) {
      throw given?.aborted === true ? notWaitedFor(host) : translate(error, { address, bound });
    } finally {
      bound.end();
    }
  };

  const open = async (path: string): Promise<AsyncIterable<Uint8Array>> => {
    const bound = boundAnswer(clock, streamLimits);
    try {
      const response = await http.get<Readable>(path, { signal: bound.signal });
      bound.resume();
      if (response.status >= 400) await readBody(host, response, bound);
      return watched(response.data, { address, bound });
    } catch (error) {
      bound.end();
      throw translate(error, { address, bound });
    }
  };

  return {
    read: (path, parse) => ask({ method: 'GET', url: path }, parse),
    send: (path, body, parse, signal) => ask({ method: 'POST', url: path, data: body }, parse, signal),
    open,
    stream: async function* (path) {
      yield* await open(path);
    },
    upload: async (path, bytes) => {
      const bound = boundAnswer(clock, streamLimits);
      const source = sourceOf(bytes, bound);
      try {
        const response = await http.put<Readable>(path, Readable.from(source.bytes), {
          headers: { 'content-type': 'application/octet-stream' },
          signal: bound.signal,
        });
        await readBody(host, response, bound);
      } catch (error) {
        throw source.failure ?? translate(error, { address, bound });
      } finally {
        bound.end();
      }
    },
  };
}

/** What is being sent, and why it could not be read on: that is not the fault of the agent that it is sent to. */
function sourceOf(
  bytes: AsyncIterable<Uint8Array>,
  bound: AnswerBound,
): { readonly bytes: AsyncIterable<Uint8Array>; readonly failure: AuroraError | null } {
  let failure: AuroraError | null = null;
  async function* pass(): AsyncGenerator<Uint8Array> {
    // While the next piece is read, the agent has nothing to take.
    bound.pause();
    try {
      for await (const chunk of bytes) {
        bound.resume();
        yield chunk;
        bound.pause();
      }
    } catch (error) {
      if (error instanceof AuroraError) failure = error;
      throw error;
    } finally {
      bound.resume();
    }
  }
  return {
    bytes: pass(),
    get failure() {
      return failure;
    },
  };
}

interface Asked {
  readonly address: AgentAddress;
  readonly bound: AnswerBound;
}

async function* watched(stream: Readable, asked: Asked): AsyncIterable<Uint8Array> {
  try {
    yield* boundedBytes(stream as AsyncIterable<Uint8Array>, asked.bound);
  } catch (error) {
    throw translate(error, asked);
  } finally {
    asked.bound.end();
    stream.destroy();
  }
}

/** The parsed body, `undefined` for none; throws what the agent refused with, and for a body that ends too early. */
async function readBody(
  host: string,
  { status, headers, data }: AxiosResponse<Readable>,
  bound: AnswerBound,
): Promise<unknown> {
  bound.resume();
  const bytes = await collectBytes(data, { bound, bytesMax: answerBytesMax });
  const text = bytes.toString('utf8');
  const body = parseJson(text);
  if (status >= 400) refuse(host, status, body);
  // Cut by whatever stands between: the agent's own answers are whole JSON.
  else if (body === undefined && String(headers['content-type']).startsWith('application/json')) {
    throw new Error(`its answer ends in the middle, after ${bytes.length} bytes`);
  }
  return body;
}

function refuse(host: string, status: number, body: unknown): never {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) throw garbled(host, new Error(`HTTP ${status}`));
  const { code, message, hint, details } = parsed.data.error;
  throw new AuroraError({ code, message: `${host}: ${message}`, hint, details: { ...details, host } });
}

function parseAnswer<T>(host: string, body: unknown, parse: (body: unknown) => T): T {
  try {
    return parse(body);
  } catch (error) {
    throw garbled(host, error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function translate(error: unknown, { address: { host, url }, bound }: Asked): AuroraError {
  if (error instanceof AuroraError) return error;
  const why = bound.met ?? messageOf(error);
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent of ${host} does not answer: ${why}.`,
    hint: hintFor(error, { host, url }),
    // The error of axios holds the whole request, grants included: only its text goes on.
    cause: new Error(messageOf(error)),
    details: { host },
  });
}

function notWaitedFor(host: string): AuroraError {
  return new AuroraError({
    code: 'agent-not-waited-for',
    message: `The answer of the agent of ${host} was not waited for.`,
    hint: 'Ask it again: what was asked may have been done, and is done once.',
    details: { host },
  });
}

function hintFor(error: unknown, { host, url }: { host: string; url: string }): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SSL|TLS|SELF_SIGNED|VERIFY|PURPOSE/.test(code)) {
    return `One of the two certificates was not accepted (${code}): compare agentTls of the bot with tls of the agent on ${host}.`;
  }
  return `Look whether the agent runs on ${host} and whether ${url} is its address.`;
}

function garbled(host: string, cause: unknown): AuroraError {
  return new AuroraError({
    code: 'agent-garbled',
    message: `The agent of ${host} answered with something that is not an answer of an agent.`,
    hint: `Check the address of ${host}, and that bot and agent are of the same release.`,
    cause,
    details: { host },
  });
}
