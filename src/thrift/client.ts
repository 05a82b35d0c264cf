/**
 * Calls one Aurora scheduler. Asks once and never again by itself: which calls may be repeated is not for a codec to
 * know. Everything but a good answer is a typed error: RpcError (the scheduler said no), TransportError (no whole
 * answer), CodecError (an answer that is none).
 */

import type { TaskRow } from '../aurora/tasks.ts';
import { CodecError } from './codec-error.ts';
import { httpRefusal } from './http-refusal.ts';
import { type ArgsOf, type MethodName, methods, withSession } from './methods.ts';
import { type RpcAnswer, readAnswer } from './rpc-answer.ts';
import type { Message, MessageHeader, StructSchema, StructValue } from './schema.ts';
import { applicationException, methodResultWith, result } from './structs.ts';
import { TaskAnswerReader } from './task-answer.ts';
import { decodeMessage as decodeBinary, encodeMessage as encodeBinary } from './tbinary.ts';
import { decodeMessage as decodeJson, encodeMessage as encodeJson } from './tjson.ts';
import { TjsonTaskAnswerReader } from './tjson-task-answer.ts';
import { type RpcReply, type RpcStream, type RpcTransport, wholeReply } from './transport.ts';

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
  /**
   * The tasks of an answer, one after the other as it arrives: those that came before an error count for nothing. Throws as
   * `call`.
   */
  listTasks<M extends MethodWithTasks>(method: M, args: ArgsOf<M>): AsyncGenerator<TaskRow>;
}

/** Their answers grow with the cluster, to hundreds of MB (aurora.md 12); those of others are lists of names at most. */
export type MethodWithTasks = 'getTasksStatus' | 'getTasksWithoutConfigs' | 'queryRecovery';

/** The exact media types: a parameter such as a charset would be refused with 415 (aurora.md 1.1). */
const mediaTypes = {
  tjson: 'application/vnd.apache.thrift.json',
  tbinary: 'application/vnd.apache.thrift.binary',
} as const satisfies Record<Protocol, string>;

const plainBytesMax = 16 * 1024 ** 2;

/** A client for one scheduler, over a transport that is directly HTTP or through a host agent. */
export function createSchedulerClient(options: SchedulerClientOptions): SchedulerClient {
  const headers = requestHeaders(options);
  const encode = options.protocol === 'tbinary' ? encodeBinary : encodeJson;
  let lastSeqid = 0;

  async function open(
    method: MethodName,
    args: StructValue,
    deadlineMs = options.deadlineMs,
  ): Promise<{ reply: RpcStream; assertOurs: (header: MessageHeader) => void }> {
    lastSeqid = (lastSeqid % 0x7fff_ffff) + 1;
    const seqid = lastSeqid;
    const sent = options.sessionKey === true ? withSession(method, args) : args;
    const reply = await options.transport.open({
      body: encode({ name: method, type: 'call', seqid }, methods[method], sent),
      headers,
      deadlineMs,
    });
    if (reply.status !== 200) throw httpRefusal(method, await wholeReply(reply, plainBytesMax));
    return {
      reply,
      assertOurs: (header) => {
        if (header.name === method && header.seqid === seqid) return;
        throw new CodecError(
          'rpc-malformed',
          `an answer to ${header.name} (${header.seqid}) where one to ${method} (${seqid}) belongs`,
        );
      },
    };
  }

  return {
    async call<M extends MethodName, S extends StructSchema>(
      method: M,
      args: ArgsOf<M>,
      call: CallOptions<S> = {},
    ): Promise<RpcAnswer<S>> {
      const { reply, assertOurs } = await open(method, args as StructValue, call.deadlineMs);
      const message = decodeReply(await wholeReply(reply, plainBytesMax), call.resultSchema ?? result);
      assertOurs(message);
      return { ...readAnswer<S>(method, message), mediaType: reply.headers['content-type'] ?? null };
    },

    async *listTasks<M extends MethodWithTasks>(method: M, args: ArgsOf<M>): AsyncGenerator<TaskRow> {
      const { reply, assertOurs } = await open(method, args as StructValue);
      const rows: TaskRow[] = [];
      const Reader = isBinary(reply) ? TaskAnswerReader : TjsonTaskAnswerReader;
      const reader = new Reader({ onHeader: assertOurs, onRow: (row) => rows.push(row) });
      for await (const chunk of reply.body) {
        reader.push(chunk);
        for (const row of rows.splice(0)) yield row;
      }
      const message = reader.finish();
      for (const row of rows) yield row;
      readAnswer(method, message);
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

function decodeReply(reply: RpcReply, resultSchema: StructSchema): Message {
  const answerSchema = methodResultWith(resultSchema);
  return (isBinary(reply) ? decodeBinary : decodeJson)(reply.body, (_name, type) =>
    type === 'exception' ? applicationException : answerSchema,
  );
}

/** The answer's own media type decides: releases up to 0.15 answer TJSON whatever was asked for. */
function isBinary({ headers }: Pick<RpcReply, 'headers'>): boolean {
  return headers['content-type'] === mediaTypes.tbinary;
}
