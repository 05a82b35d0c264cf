import type { ResponseCode } from '../../../thrift/structs.ts';

/**
 * A call that ends in a response with this code; `null` is a detail without a message, as from a Java
 * exception that has none.
 */
export class RpcFailure extends Error {
  override name = 'RpcFailure';
  readonly code: Exclude<ResponseCode, 'OK'>;
  readonly text: string | null;

  constructor(code: Exclude<ResponseCode, 'OK'>, text: string | null) {
    super(text ?? `${code} without a message`);
    this.code = code;
    this.text = text;
  }
}

/** A call that ends in HTTP 500: what Java threw was an Error, or came too late for a response. */
export class HttpFailure extends Error {
  override name = 'HttpFailure';
}

/** The connection breaks instead of an answer: what became of the call is unknown to the client. */
export class DroppedConnection extends Error {
  override name = 'DroppedConnection';
}
