/** Thrift calls to the scheduler of a host, through the agent there. */
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { axiosTransport } from '../thrift/axios-transport.ts';
import {
  type RpcReply,
  type RpcStream,
  type RpcTransport,
  TransportError,
  wholeReply,
} from '../thrift/transport.ts';
import type { ClientTls } from './agent-http.ts';
import { answerLimits, nestsTooDeep, parseJson } from './answer-limits.ts';
import { errorSchema } from './protocol.ts';
import { relayedHeader } from './relayed-header.ts';

/**
 * Throws TransportError when the scheduler does not answer its agent, AuroraError `agent-unreachable` when the agent
 * does not answer, and the agent's own refusals.
 */
export function relayTransport({
  host,
  url,
  tls,
  clock,
}: {
  host: string;
  url: string;
  clock: Clock;
  tls: ClientTls | undefined;
}): RpcTransport {
  const agent = axiosTransport({
    url: new URL('/v1/scheduler/api', url).href,
    clock,
    ...(tls === undefined ? {} : { tls: { minVersion: 'TLSv1.3', ...tls } }),
  });
  return {
    open: async (request) => {
      const reply = await agent.open(request).catch((error: unknown) => {
        throw translate(error, host);
      });
      const body = ofAgent(reply.body, host);
      if (reply.headers[relayedHeader] === 'true') return { ...reply, body };
      throw await readRefusal(host, { ...reply, body });
    },
  };
}

async function* ofAgent(body: AsyncIterable<Buffer>, host: string): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw translate(error, host);
  }
}

function translate(error: unknown, host: string): unknown {
  if (!(error instanceof TransportError)) return error;
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent of ${host} does not answer: ${error.message}`,
    hint: `Check whether the agent runs on ${host} and whether its address is right.`,
    cause: error,
    details: { host },
  });
}

/** One that is longer than any refusal is none. */
async function readRefusal(host: string, reply: RpcStream): Promise<unknown> {
  try {
    return refusalOf(host, await wholeReply(reply, answerLimits.refusal.bytesMax));
  } catch (error) {
    const isTooLong = error instanceof TransportError && error.code === 'rpc-too-large';
    return isTooLong ? noAgent(host, reply.status) : error;
  }
}

function noAgent(host: string, status: number): AuroraError {
  return new AuroraError({
    code: 'agent-garbled',
    message: `What answers for the agent of ${host} (HTTP ${status}) is not an agent.`,
    hint: `Check the address of ${host}, and that bot and agent are of the same release.`,
    details: { host },
  });
}

function refusalOf(host: string, reply: RpcReply): AuroraError {
  const { body } = reply;
  const parsed = errorSchema.safeParse(nestsTooDeep(body) ? undefined : parseJson(body));
  if (!parsed.success) return noAgent(host, reply.status);
  const { code, message, hint, details } = parsed.data.error;
  return asOfScheduler(
    new AuroraError({ code, message: `${host}: ${message}`, hint, details: { ...details, host } }),
  );
}

/** What an agent says of its scheduler, as if that had been asked directly; anything else as it is. */
export function asOfScheduler<E>(error: E): E | TransportError {
  if (!(error instanceof AuroraError)) return error;
  const { code, message } = error;
  if (code === 'scheduler-unreachable') return new TransportError('rpc-unreachable', { message });
  if (code === 'scheduler-no-reply') return new TransportError('rpc-timeout', { message });
  return error;
}
