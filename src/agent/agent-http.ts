/** HTTP to one agent: deadlines, keep-alive, and every failure as an AuroraError. */
import { Agent as HttpConnections } from 'node:http';
import { Agent as HttpsConnections } from 'node:https';
import { Readable } from 'node:stream';
import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { type AnswerBound, boundAnswer, boundedBytes, collectBytes } from '../aurora/answer-bound.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { askOnceMoreIfStale } from '../aurora/stale-connection.ts';
import { type AnswerLimits, answerLimits, nestsTooDeep, parseJson } from './answer-limits.ts';
import { errorSchema } from './protocol.ts';
import { explainTls } from './tls-words.ts';

/** One answer as it is wanted. */
interface Wanted<T> {
  readonly limits: AnswerLimits;
  readonly parse: (body: unknown) => T;
}

export interface AgentHttp {
  read<T>(path: string, wanted: Wanted<T>): Promise<T>;
  send<T>(path: string, body: unknown, wanted: Wanted<T>, signal?: AbortSignal): Promise<T>;
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

/** The longest backup that an agent takes unless its configuration says otherwise. */
const streamBytesMax = 4 * 1024 ** 3;
/** Of a backup's tasks, or its bytes: some GB at the pace of a slow disk. */
const streamTotalMs = 60 * 60_000;

/** Connections are kept open between requests (4.5 times faster over TLS, measured). */
export function createAgentHttp(address: AgentAddress): AgentHttp {
  const { host, url, deadlineMs, clock, tls } = address;
  const connections = (keepAlive: boolean): Pick<AxiosRequestConfig, 'httpAgent' | 'httpsAgent'> => ({
    httpAgent: new HttpConnections({ keepAlive }),
    httpsAgent: new HttpsConnections({ keepAlive, minVersion: 'TLSv1.3', ...tls }),
  });
  const http = axios.create({
    ...connections(true),
    baseURL: url,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: Number.POSITIVE_INFINITY,
    maxBodyLength: Number.POSITIVE_INFINITY,
    validateStatus: () => true,
    responseType: 'stream',
  });
  const get = (path: string, signal: AbortSignal): Promise<AxiosResponse<Readable>> =>
    askOnceMoreIfStale((isAgain) => http.get(path, { signal, ...(isAgain && connections(false)) }));
  const streamLimits = { silenceMs: deadlineMs, totalMs: streamTotalMs };

  const ask = async <T>(
    send: (signal: AbortSignal) => Promise<AxiosResponse<Readable>>,
    { limits, parse }: Wanted<T>,
    given?: AbortSignal,
  ): Promise<T> => {
    const totalMs = limits.deadlines * deadlineMs;
    const bound = boundAnswer(clock, { silenceMs: deadlineMs, totalMs });
    const signal = given === undefined ? bound.signal : AbortSignal.any([bound.signal, given]);
    try {
      const body = await readBody(host, await send(signal), { bound, limits });
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
      const response = await get(path, bound.signal);
      bound.resume();
      if (response.status >= 400) await readBody(host, response, { bound, limits: answerLimits.refusal });
      return watched(response.data, { address, bound });
    } catch (error) {
      bound.end();
      throw translate(error, { address, bound });
    }
  };

  return {
    read: (path, wanted) => ask((signal) => get(path, signal), wanted),
    // Never sent twice by itself: what was asked may have been begun.
    send: (path, body, wanted, given) => ask((signal) => http.post(path, body, { signal }), wanted, given),
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
        await readBody(host, response, { bound, limits: answerLimits.refusal });
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
  let passed = 0;
  try {
    for await (const chunk of boundedBytes(stream as AsyncIterable<Uint8Array>, asked.bound)) {
      passed += chunk.length;
      if (passed > streamBytesMax) throw new RangeError(`more than ${streamBytesMax} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw translate(error, asked);
  } finally {
    asked.bound.end();
    stream.destroy();
  }
}

/**
 * The parsed body, `undefined` for none; throws what the agent refused with, and for a body that ends too early, is too
 * long (then nothing of it is parsed, and no more is read) or nests too deep.
 */
async function readBody(
  host: string,
  { status, headers, data }: AxiosResponse<Readable>,
  { bound, limits }: { bound: AnswerBound; limits: AnswerLimits },
): Promise<unknown> {
  bound.resume();
  const { bytesMax } = status >= 400 ? answerLimits.refusal : limits;
  if (Number(headers['content-length']) > bytesMax) {
    data.destroy();
    throw tooLong(host, bytesMax);
  }
  const bytes = await collectBytes(data, { bound, bytesMax }).catch((error: unknown) => {
    throw error instanceof RangeError ? tooLong(host, bytesMax) : error;
  });
  if (nestsTooDeep(bytes)) throw garbled(host, new Error('it nests too deep'));
  const body = parseJson(bytes);
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

function translate(error: unknown, { address: { host, url }, bound }: Asked): AuroraError {
  if (error instanceof AuroraError) return error;
  if (error instanceof RangeError) return tooLong(host, streamBytesMax);
  const tls = bound.met === null ? explainTls(error, url) : null;
  const why = bound.met ?? tls?.why ?? messageOf(error);
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent of ${host} does not answer: ${why}.`,
    hint: tls?.hint ?? hintFor(error, { host, url }),
    // The error of axios holds the whole request, grants included: only its text goes on.
    cause: new Error(messageOf(error)),
    details: { host },
  });
}

function notWaitedFor(host: string): AuroraError {
  return new AuroraError({
    code: 'agent-not-waited-for',
    message: `The bot did not wait for the answer of the agent of ${host}.`,
    hint: 'Ask it again: what was asked may have been done; it is never done twice.',
    details: { host },
  });
}

function hintFor(error: unknown, { host, url }: { host: string; url: string }): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SSL|TLS|SELF_SIGNED|VERIFY|PURPOSE/.test(code)) {
    return `One of the two certificates was not accepted (${code}): compare agentTls of the bot with tls of the agent on ${host}.`;
  }
  return `Check whether the agent runs on ${host} and whether ${url} is its address.`;
}

function tooLong(host: string, bytesMax: number): AuroraError {
  return new AuroraError({
    code: 'agent-garbled',
    message: `The agent of ${host} answered with more than ${bytesMax} bytes; the rest was not read.`,
    hint: `Look at the agent on ${host}: an answer of this kind is never that long. What answers may not be the agent.`,
    details: { host },
  });
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
