import { messageOf } from '../aurora/errors.ts';
import type { SchedulerAnswer } from '../aurora/operations.ts';
import type { CallOptions, SchedulerClient } from './client.ts';
import { CodecError } from './codec-error.ts';
import type { ArgsOf, MethodName } from './methods.ts';
import { RpcError } from './rpc-error.ts';
import { TransportError } from './transport.ts';

/**
 * Makes a call that changes something, once, and says what is known of its outcome. Never throws for an answer or the
 * lack of one; only our own mistake passes through.
 *
 * `error` means that the scheduler refused, or that nothing was sent. For `commitRecovery` an `error` whose message
 * comes from the log (`Timeout performing log append`) is no proof that nothing happened (aurora.md 13).
 * `no-reply` covers every case in which the request may have been carried out: no answer in time, a broken
 * connection, an answer that cannot be read, an HTTP error that came after the request was taken in.
 */
export async function callScheduler<M extends MethodName>(
  client: SchedulerClient,
  method: M,
  args: ArgsOf<M>,
  options: { now: () => number } & Pick<CallOptions, 'deadlineMs'>,
): Promise<SchedulerAnswer> {
  const startedAt = options.now();
  const answer = await attempt(client, method, args, options);
  return { ...answer, ms: options.now() - startedAt };
}

async function attempt<M extends MethodName>(
  client: SchedulerClient,
  method: M,
  args: ArgsOf<M>,
  { deadlineMs }: Pick<CallOptions, 'deadlineMs'>,
): Promise<Omit<SchedulerAnswer, 'ms'>> {
  try {
    const { messages } = await client.call(method, args, deadlineMs === undefined ? {} : { deadlineMs });
    return { answer: 'ok', messages };
  } catch (thrown) {
    if (thrown instanceof RpcError) return { answer: refusal(thrown), messages: wordsOf(thrown) };
    if (thrown instanceof TransportError)
      return {
        answer: thrown.code === 'rpc-unreachable' ? 'error' : 'no-reply',
        messages: [thrown.message],
      };
    if (thrown instanceof CodecError) return { answer: 'no-reply', messages: [messageOf(thrown)] };
    throw thrown;
  }
}

function refusal(error: RpcError): SchedulerAnswer['answer'] {
  if (error.code === 'rpc-transient') return 'not-ready';
  // 503 comes from the leader filter, in front of the call; other 5xx may come from behind it.
  return error.status >= 500 && error.status !== 503 ? 'no-reply' : 'error';
}

/** The scheduler's own words where it has some: the engine compares them. */
function wordsOf(error: RpcError): readonly string[] {
  return error.messages.length > 0 ? error.messages : [error.message];
}
