import { AuroraError } from '../aurora/errors.ts';

/** One HTTP request with one Thrift message in its body. */
export interface RpcRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** The longest silence, from connecting on: an answer of which something still comes is waited for. */
  readonly deadlineMs: number;
}

/** An HTTP answer whose body arrives, decompressed. Header names in lower case. */
export interface RpcStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Read once. Throws TransportError when it breaks off; whoever stops reading early ends the connection. */
  readonly body: AsyncIterable<Buffer>;
}

/** A whole HTTP answer. */
export interface RpcReply extends Pick<RpcStream, 'status' | 'headers'> {
  readonly body: Buffer;
}

/**
 * How a request gets to a scheduler: directly, or through a host agent. Never tries again. Throws TransportError when
 * there is no answer; an HTTP error status is an answer. The body must be read, or its reading be ended.
 */
export interface RpcTransport {
  open(request: RpcRequest): Promise<RpcStream>;
}

/** The whole of an answer; TransportError `rpc-too-large` for more than `bytesMax`, of which no more is read. */
export async function wholeReply({ body, ...reply }: RpcStream, bytesMax: number): Promise<RpcReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax)
      throw new TransportError('rpc-too-large', {
        message: `The scheduler answers with more than ${bytesMax} bytes.`,
      });
    chunks.push(chunk);
  }
  return { ...reply, body: Buffer.concat(chunks, bytes) };
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
  'rpc-too-large': 'No scheduler answers this call at such length: check what listens at that address.',
};
