import type { ArgsOf, MethodName } from '../../../thrift/methods.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { result } from '../../../thrift/structs.ts';
import type { ApiContext } from './context.ts';

/** What a call returns in `Response.result`; `undefined` when it has none. */
export type CallResult = Struct<typeof result> | undefined;

/** Handlers by method name. They throw RpcFailure for every other end than OK. */
export type MethodTable = {
  readonly [M in MethodName]?: (context: ApiContext, args: ArgsOf<M>) => Promise<CallResult>;
};
