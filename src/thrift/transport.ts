import { AuroraError } from '../aurora/errors.ts';

/** One HTTP request with one Thrift message in its body. */
export interface RpcRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** The longest silence, from connecting on: an answer of which something still comes is waited for. */
  readonly deadlineMs: number;
  /** Where less than the transport takes is enough for an answer of this call. */
  readonly replyBytesMax?: number;
}

/** A whole HTTP answer, decompressed. Header names in lower case. */
export interface RpcReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * How a request gets to a scheduler: directly, or through a host agent. Never tries again. Throws TransportError when
 * there is no whole answer; an HTTP error status is an answer.
 */
export interface RpcTransport {
  post(request: RpcRequest): Promise<RpcReply>;
}

type TransportCode = 'rpc-unreachable' | 'rpc-timeout' | 'rpc-connection-broken' | 'rpc-too-large';

/**
 * No whole answer. `rpc-unreachable` is the only code that means the request was not sent: after the other three the
 * scheduler may have done what was asked.
 */
export class TransportError extends AuroraError {
  constructor(code: TransportCode, fields: { message: string; cause?: unknown }) {
    super({ code, hint: hints[code], ...fields });
    this.name = 'TransportError';
  }
}

const hints: Readonly<Record<TransportCode, string>> = {
  'rpc-unreachable': 'Nothing was sent. Check that the scheduler runs and that its HTTP port can be reached.',
  'rpc-timeout':
    'The request was sent, and whether it was carried out is unknown: look at the scheduler before asking again.',
  'rpc-connection-broken':
    'The request was sent, and whether it was carried out is unknown: look at the scheduler before asking again.',
  'rpc-too-large': 'Ask for fewer tasks, by role or by job.',
};
