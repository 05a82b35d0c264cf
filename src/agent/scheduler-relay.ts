/**
 * Lets the bot read from the scheduler on this host, and only read. The name of the call is decoded with the same
 * codec rules as the scheduler's and held against a list; a body that we cannot decode to its end is not passed on.
 */
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { answerTotalMs, boundAnswer, boundedBytes } from '../aurora/answer-bound.ts';
import type { Clock } from '../aurora/clock.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { methods } from '../thrift/methods.ts';
import type { SchemaFor } from '../thrift/schema.ts';
import { decodeMessage as decodeBinary } from '../thrift/tbinary.ts';
import { decodeMessage as decodeJson } from '../thrift/tjson.ts';
import type { SchedulerCredentials } from './scheduler-credentials.ts';

/** Calls that change nothing, wherever they are declared (`listBackups` and `queryRecovery` are admin calls). */
export const relayedCalls = [
  'getRoleSummary',
  'getJobSummary',
  'getTasksStatus',
  'getTasksWithoutConfigs',
  'getPendingReason',
  'getQuota',
  'getJobs',
  'getTierConfigs',
  'getJobUpdateSummaries',
  'getConfigSummary',
  'queryRecovery',
  'listBackups',
] as const satisfies readonly (keyof typeof methods)[];

const decoders = {
  'application/vnd.apache.thrift.json': decodeJson,
  'application/vnd.apache.thrift.binary': decodeBinary,
};

type ThriftMediaType = keyof typeof decoders;
export const thriftMediaTypes = Object.keys(decoders) as ThriftMediaType[];

interface RelayRequest {
  readonly contentType: ThriftMediaType;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly body: Buffer;
}

interface RelayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

interface RelayTarget {
  readonly host: string;
  readonly port: number;
  readonly credentials: SchedulerCredentials | null;
  /** The longest silence of the scheduler. */
  readonly timeoutMs: number;
  /** From the question to the last byte of its answer. */
  readonly totalMs?: number;
  readonly clock: Clock;
}

const passedOn = ['content-type', 'content-encoding', 'location', 'www-authenticate'];
/** A whole large cluster's `queryRecovery` is hundreds of MB (aurora.md 12). */
const answerBytesMax = 4 * 1024 ** 3;

/**
 * The scheduler's answer, unchanged and streamed. Throws AuroraError `relay-refused`, `scheduler-unreachable` (nothing
 * was sent) or `scheduler-no-reply`.
 */
export async function relayCall(target: RelayTarget, asked: RelayRequest): Promise<RelayAnswer> {
  requireReading(asked);
  return await send(target, asked);
}

function requireReading({ contentType, body }: RelayRequest): void {
  const schemaFor: SchemaFor = (name, type) => {
    const known = relayedCalls.find((call) => call === name);
    if (known === undefined || type !== 'call') throw refused(name);
    return methods[known];
  };
  // Only the strict form of TBinary names its version; the old one could be read as something else.
  if (contentType === 'application/vnd.apache.thrift.binary' && body[0] !== 0x80) throw undecodable();
  try {
    decoders[contentType](body, schemaFor);
  } catch (error) {
    throw error instanceof AuroraError && error.code === 'relay-refused' ? error : undecodable(error);
  }
}

function send(target: RelayTarget, asked: RelayRequest): Promise<RelayAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: target.host,
      port: target.port,
      path: '/api',
      method: 'POST',
      agent: false,
      headers: headersFor(target, asked),
    });
    let connected = false;
    const { clock, timeoutMs, totalMs = answerTotalMs } = target;
    const bound = boundAnswer(clock, { silenceMs: timeoutMs, totalMs });
    bound.signal.addEventListener('abort', () => call.destroy(new Error(bound.met ?? 'aborted')));
    call.on('socket', (socket) =>
      socket.once('connect', () => {
        connected = true;
      }),
    );
    call.on('error', (error) => reject(connected ? noReply(error) : unreachable(error)));
    call.on('close', () => bound.end());
    call.on('response', (response) => {
      const headers = Object.fromEntries(
        passedOn.flatMap((name) => {
          const value = response.headers[name];
          return typeof value === 'string' ? [[name, value] as const] : [];
        }),
      );
      bound.resume();
      const status = response.statusCode ?? 502;
      begun(notTooLong(boundedBytes(response, bound))).then(
        (body) => resolve({ status, headers, body: Readable.from(body) }),
        (error: unknown) => reject(noReply(error)),
      );
    });
    call.end(asked.body);
  });
}

/**
 * The same bytes, when the first of them are there: a scheduler that ends behind its headers has not answered, and it is
 * the agent who says so.
 */
async function begun(bytes: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  const first = await bytes.next();
  return (async function* () {
    if (first.done !== true) yield first.value;
    yield* bytes;
  })();
}

async function* notTooLong(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let passed = 0;
  for await (const chunk of bytes) {
    passed += chunk.length;
    if (passed > answerBytesMax) throw new Error('the answer of the scheduler is too long');
    yield chunk;
  }
}

function headersFor({ credentials }: RelayTarget, asked: RelayRequest): Record<string, string | number> {
  return {
    'content-type': asked.contentType,
    'content-length': asked.body.length,
    // Without it a scheduler that does not lead answers 307 or 503 (aurora.md 1.5).
    'bypass-leader-redirect': 'true',
    ...(asked.accept === undefined ? {} : { accept: asked.accept }),
    ...(asked.acceptEncoding === undefined ? {} : { 'accept-encoding': asked.acceptEncoding }),
    ...(credentials === null
      ? {}
      : {
          authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`,
        }),
  };
}

function refused(name: string): AuroraError {
  return new AuroraError({
    code: 'relay-refused',
    message: `${name.slice(0, 60)} is not among the calls that this agent passes on.`,
    hint: 'The agent relays reading calls only; changing ones are operations and need a grant.',
  });
}

function undecodable(cause?: unknown): AuroraError {
  return new AuroraError({
    code: 'relay-refused',
    message: 'The body is not one whole Thrift call of its media type, so it was not passed on.',
    hint: 'Send one call, in TJSON or strict TBinary, with the matching Content-Type.',
    cause,
  });
}

function unreachable(error: Error): AuroraError {
  return new AuroraError({
    code: 'scheduler-unreachable',
    message: `The scheduler of this host does not take connections: ${messageOf(error)}.`,
    hint: 'Ask for the status of the host: the scheduler may be stopped.',
    cause: error,
  });
}

function noReply(error: unknown): AuroraError {
  return new AuroraError({
    code: 'scheduler-no-reply',
    message: `The scheduler of this host did not answer: ${messageOf(error)}.`,
    hint: 'Ask again; it was a reading call.',
    cause: error,
  });
}
