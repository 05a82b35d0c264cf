/**
 * Calls one Aurora scheduler. Asks once and never again by itself: which calls may be repeated is not for a codec to
 * know. Everything but a good answer is a typed error: RpcError (the scheduler said no), TransportError (no whole
 * answer), CodecError (an answer that is none).
 */

import { CodecError } from './codec-error.ts';
import { httpRefusal } from './http-refusal.ts';
import { type ArgsOf, type MethodName, methods, withSession } from './methods.ts';
import { type RpcAnswer, readAnswer } from './rpc-answer.ts';
import type { Message, StructSchema, StructValue } from './schema.ts';
import { applicationException, methodResultWith, result } from './structs.ts';
import { decodeMessage as decodeBinary, encodeMessage as encodeBinary } from './tbinary.ts';
import { decodeMessage as decodeJson, encodeMessage as encodeJson } from './tjson.ts';
import type { RpcReply, RpcTransport } from './transport.ts';

export type { RpcAnswer };

export type Protocol = 'tjson' | 'tbinary';

export interface SchedulerClientOptions {
  readonly transport: RpcTransport;
  /** TJSON works with every release, TBinary from 0.16 on and is several times faster. */
  readonly protocol: Protocol;
  /** Default deadline of a call. */
  readonly deadlineMs: number;
  /** Speak to this very scheduler, leader or not (aurora.md 1.5). */
  readonly bypassLeaderRedirect?: boolean;
  /** Send a session key with admin calls: `Release.sessionKey`. */
  readonly sessionKey?: boolean;
  readonly credentials?: { readonly user: string; readonly password: string };
}

export interface CallOptions<S extends StructSchema = StructSchema> {
  readonly deadlineMs?: number;
  /** Read only these parts of the result; the rest is passed over without being kept. */
  readonly resultSchema?: S;
}

export interface SchedulerClient {
  /** Throws RpcError, TransportError or CodecError. */
  call<M extends MethodName, S extends StructSchema = typeof result>(
    method: M,
    args: ArgsOf<M>,
    options?: CallOptions<S>,
  ): Promise<RpcAnswer<S>>;
}

/** The exact media types: a parameter such as a charset would be refused with 415 (aurora.md 1.1). */
const mediaTypes = {
  tjson: 'application/vnd.apache.thrift.json',
  tbinary: 'application/vnd.apache.thrift.binary',
} as const satisfies Record<Protocol, string>;

/** Their answers grow with the cluster, to hundreds of MB (aurora.md 12); those of others are lists of names at most. */
const answersWithTasks: ReadonlySet<MethodName> = new Set([
  'getTasksStatus',
  'getTasksWithoutConfigs',
  'queryRecovery',
]);
const plainReplyBytesMax = 16 * 1024 * 1024;

/** A client for one scheduler, over a transport that is directly HTTP or through a host agent. */
export function createSchedulerClient(options: SchedulerClientOptions): SchedulerClient {
  const headers = requestHeaders(options);
  const encode = options.protocol === 'tbinary' ? encodeBinary : encodeJson;
  let lastSeqid = 0;

  async function exchange(
    method: MethodName,
    args: StructValue,
    call: CallOptions,
  ): Promise<{ message: Message; mediaType: string | null }> {
    lastSeqid = (lastSeqid % 0x7fff_ffff) + 1;
    const seqid = lastSeqid;
    const sent = options.sessionKey === true ? withSession(method, args) : args;
    const reply = await options.transport.post({
      body: encode({ name: method, type: 'call', seqid }, methods[method], sent),
      headers,
      deadlineMs: call.deadlineMs ?? options.deadlineMs,
      ...(answersWithTasks.has(method) ? {} : { replyBytesMax: plainReplyBytesMax }),
    });
    if (reply.status !== 200) throw httpRefusal(method, reply);
    const message = decodeReply(reply, call.resultSchema ?? result);
    if (message.name !== method || message.seqid !== seqid)
      throw new CodecError(
        'rpc-malformed',
        `an answer to ${message.name} (${message.seqid}) where one to ${method} (${seqid}) belongs`,
      );
    return { message, mediaType: reply.headers['content-type'] ?? null };
  }

  return {
    async call<M extends MethodName, S extends StructSchema>(
      method: M,
      args: ArgsOf<M>,
      call: CallOptions<S> = {},
    ): Promise<RpcAnswer<S>> {
      const { message, mediaType } = await exchange(method, args as StructValue, call);
      return { ...readAnswer<S>(method, message), mediaType };
    },
  };
}

function requestHeaders(options: SchedulerClientOptions): Readonly<Record<string, string>> {
  const mediaType = mediaTypes[options.protocol];
  const { credentials } = options;
  return {
    'Content-Type': mediaType,
    Accept: mediaType,
    ...(options.bypassLeaderRedirect === true ? { 'Bypass-Leader-Redirect': 'true' } : {}),
    ...(credentials === undefined
      ? {}
      : {
          Authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
        }),
  };
}

/** The answer's own media type decides: releases up to 0.15 answer TJSON whatever was asked for. */
function decodeReply(reply: RpcReply, resultSchema: StructSchema): Message {
  const answerSchema = methodResultWith(resultSchema);
  const binary = reply.headers['content-type'] === mediaTypes.tbinary;
  return (binary ? decodeBinary : decodeJson)(reply.body, (_name, type) =>
    type === 'exception' ? applicationException : answerSchema,
  );
}
