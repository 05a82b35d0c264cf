import { AuroraError } from '../aurora/errors.ts';

/** What a scheduler said no with. Each code is one cause and one thing to do next. */
export type RpcErrorCode =
  /** ERROR: the call failed; for `commitRecovery` that does not prove that nothing happened (aurora.md 13). */
  | 'rpc-error'
  /** ERROR_TRANSIENT, `Storage is not READY`: refused before anything was done. */
  | 'rpc-transient'
  /** AUTH_FAILED: known, but not allowed. */
  | 'rpc-auth-failed'
  | 'rpc-invalid-request'
  /** Code 5: an update (or, up to 0.18, a lock) is in the way. */
  | 'rpc-job-updating'
  /** A code of no release we know. */
  | 'rpc-unknown-code'
  /** TApplicationException of type 1. */
  | 'rpc-unknown-method'
  /** Any other TApplicationException. */
  | 'rpc-application-exception'
  /** 401: no or wrong credentials. */
  | 'http-unauthorized'
  /** 3xx: another scheduler leads. */
  | 'http-redirect'
  /** Any other status. */
  | 'http-status';

/** A scheduler answered, and the answer is no. */
export class RpcError extends AuroraError {
  /** What the scheduler said, in its words. */
  readonly messages: readonly string[];
  /** The HTTP status; 200 for a refusal inside a Thrift answer. */
  readonly status: number;

  constructor(
    code: RpcErrorCode,
    fields: {
      method: string;
      message: string;
      hint: string;
      messages?: readonly string[];
      status?: number;
      details?: Record<string, unknown>;
    },
  ) {
    const messages = fields.messages ?? [];
    const status = fields.status ?? 200;
    super({
      code,
      message: fields.message,
      hint: fields.hint,
      details: { method: fields.method, status, messages, ...fields.details },
    });
    this.name = 'RpcError';
    this.messages = messages;
    this.status = status;
  }
}
