/** Thrift calls to the scheduler of a host, through the agent there. */
import type { Clock } from '../aurora/clock.ts';
import { AuroraError } from '../aurora/errors.ts';
import { axiosTransport } from '../thrift/axios-transport.ts';
import { type RpcReply, type RpcTransport, TransportError } from '../thrift/transport.ts';
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
    post: async (request) => {
      const reply = await agent.post(request).catch((error: unknown) => {
        throw translate(error, host);
      });
      if (reply.headers[relayedHeader] === 'true') return reply;
      throw refusalOf(host, reply);
    },
  };
}

function translate(error: unknown, host: string): unknown {
  if (!(error instanceof TransportError) || error.code === 'rpc-too-large') return error;
  return new AuroraError({
    code: 'agent-unreachable',
    message: `The agent of ${host} does not answer: ${error.message}`,
    hint: `Look whether the agent runs on ${host} and whether its address is right.`,
    cause: error,
    details: { host },
  });
}

function refusalOf(host: string, reply: RpcReply): AuroraError {
  const { body } = reply;
  const isOne = body.length <= answerLimits.refusal.bytesMax && !nestsTooDeep(body);
  const parsed = errorSchema.safeParse(isOne ? parseJson(body) : undefined);
  if (!parsed.success) {
    return new AuroraError({
      code: 'agent-garbled',
      message: `What answers for the agent of ${host} (HTTP ${reply.status}) is no agent.`,
      hint: `Check the address of ${host}, and that bot and agent are of the same release.`,
      details: { host },
    });
  }
  const { code, message, hint, details } = parsed.data.error;
  const text = `${host}: ${message}`;
  if (code === 'scheduler-unreachable') return new TransportError('rpc-unreachable', { message: text });
  if (code === 'scheduler-no-reply') return new TransportError('rpc-timeout', { message: text });
  return new AuroraError({ code, message: text, hint, details: { ...details, host } });
}
