import { errorCodes } from '../aurora/error-codes.ts';
import { CodecError } from './codec-error.ts';
import { RpcError, type RpcErrorCode } from './rpc-error.ts';
import type { Message, Struct, StructSchema } from './schema.ts';
import {
  type applicationException,
  type methodResult,
  type ResponseCode,
  responseCodeName,
  type result,
} from './structs.ts';

/** A good answer: OK, or WARNING with messages. */
export interface RpcAnswer<S extends StructSchema = typeof result> {
  /** The union of results with at most one member; empty when the call has none. */
  readonly result: Struct<S>;
  /** What the scheduler had to say, in its words; a detail without a message says so. */
  readonly messages: readonly string[];
  /** Absent from some answers, for instance AUTH_FAILED. */
  readonly clusterName: string | null;
  /** Of the answer, as the scheduler named it; it tells releases apart. */
  readonly mediaType: string | null;
}

/** What a scheduler says when it gives no reason: often a null pointer on JDK 8 (aurora.md 1.4). */
const noMessage = '(the scheduler gave no message)';

/** Reads a decoded answer. Throws RpcError when it is a refusal, CodecError when it is not an answer. */
export function readAnswer<S extends StructSchema>(
  method: string,
  message: Message,
): Omit<RpcAnswer<S>, 'mediaType'> {
  if (message.type === 'exception') throw exceptionOf(method, message.value);
  const response = (message.value as Struct<typeof methodResult>).success;
  if (message.type === 'call' || response?.responseCode === undefined)
    throw new CodecError('rpc-malformed', `the answer to ${method} holds no response`);
  const messages = (response.details ?? []).map((detail) => detail.message ?? noMessage);
  if (response.messageDEPRECATED !== undefined) messages.push(response.messageDEPRECATED);
  const code = responseCodeName(response.responseCode);
  if (code !== 'OK' && code !== 'WARNING') throw refusalOf(method, code, messages);
  const inner: unknown = response.result ?? {};
  return {
    result: inner as Struct<S>,
    messages,
    clusterName: response.serverInfo?.clusterName ?? null,
  };
}

function exceptionOf(method: string, value: Struct<typeof applicationException>): RpcError {
  const said = value.message ?? noMessage;
  const unknownMethod = value.type === 1;
  return new RpcError(unknownMethod ? 'rpc-unknown-method' : 'rpc-application-exception', {
    method,
    message: unknownMethod
      ? `The scheduler does not know ${method}.`
      : `The scheduler could not read ${method}: ${said}`,
    hint: unknownMethod
      ? 'This release of Aurora does not have that call; check the configured version.'
      : 'Check that the configured version is the one that runs.',
    messages: [said],
    details: { type: value.type ?? null },
  });
}

function refusalOf(
  method: string,
  name: Exclude<ReturnType<typeof responseCodeName>, 'OK' | 'WARNING'>,
  messages: readonly string[],
): RpcError {
  const { code, hint } = refusals[name as Refusal] ?? unknownRefusal;
  const said = messages.length === 0 ? noMessage : messages.join('; ');
  return new RpcError(code, {
    method,
    message: `The scheduler answers ${method} with ${name}: ${said}`,
    hint,
    messages,
    details: { responseCode: name },
  });
}

type Refusal = Exclude<ResponseCode, 'OK' | 'WARNING'>;

const unknownRefusal: { code: RpcErrorCode; hint: string } = {
  code: 'rpc-unknown-code',
  hint: 'This release of Aurora answers with a code that is not known here; look at its log.',
};

const refusals: Readonly<Record<Refusal, { code: RpcErrorCode; hint: string }>> = {
  ERROR: { code: 'rpc-error', hint: 'Read the log of that scheduler for the cause.' },
  ERROR_TRANSIENT: {
    code: 'rpc-transient',
    hint: 'Its storage is not ready: it is not elected, or still replaying its log. Nothing was done; ask again later.',
  },
  AUTH_FAILED: {
    code: errorCodes.rpcAuthFailed,
    hint: 'Give the user the permission in security.ini; several calls in one permission must be in double quotes.',
  },
  INVALID_REQUEST: { code: 'rpc-invalid-request', hint: 'Nothing was done; correct the request.' },
  JOB_UPDATING_ERROR: {
    code: 'rpc-job-updating',
    hint: 'Wait for the update of that job, or abort it. Nothing was done.',
  },
};
