import { type MethodName, methods } from '../../../../src/thrift/methods.ts';
import type { Struct, StructValue } from '../../../../src/thrift/schema.ts';
import { type methodResult, responseCodeName } from '../../../../src/thrift/structs.ts';
import { decodeMessage, encodeMessage } from '../../../../src/thrift/tjson.ts';
import { answerSchema } from '../../../support/answer-schema.ts';

type Response = NonNullable<Struct<typeof methodResult>['success']>;

export interface SchedulerReply {
  /** A response code's name; `no-reply` when the connection broke. */
  readonly code: string;
  readonly messages: readonly (string | undefined)[];
  readonly result: NonNullable<Response['result']>;
}

const mediaType = 'application/vnd.apache.thrift.json';

/** One call in TJSON, which every release takes, past the redirect filter, by a client that knows nothing of the product's. */
export async function callScheduler(url: string, method: MethodName, args: object): Promise<SchedulerReply> {
  const body = encodeMessage({ name: method, type: 'call', seqid: 1 }, methods[method], args as StructValue);
  let answer: Uint8Array;
  try {
    const response = await fetch(`${url}/api`, {
      method: 'POST',
      headers: { 'content-type': mediaType, accept: mediaType, 'bypass-leader-redirect': 'true' },
      body: Uint8Array.from(body),
    });
    answer = new Uint8Array(await response.arrayBuffer());
  } catch {
    return { code: 'no-reply', messages: [], result: {} };
  }
  const { success } = decodeMessage(answer, answerSchema).value as { success: Response };
  return {
    code: responseCodeName(success.responseCode ?? -1),
    messages: (success.details ?? []).map(({ message }) => message),
    result: success.result ?? {},
  };
}
