import { callLifetimes } from '../../../aurora/call-lifetimes.ts';
import type { AuroraError } from '../../../aurora/errors.ts';
import { livesIn } from '../../../aurora/lifetime.ts';
import { CodecError } from '../../../thrift/codec-error.ts';
import { type ArgsOf, isMethodName, type MethodName, methods } from '../../../thrift/methods.ts';
import { type Message, type Struct, type StructValue, struct } from '../../../thrift/schema.ts';
import { applicationException, methodResult, responseCodes } from '../../../thrift/structs.ts';
import * as tbinary from '../../../thrift/tbinary.ts';
import * as tjson from '../../../thrift/tjson.ts';
import { adminMethods } from './admin-methods.ts';
import type { Realm, Subject } from './basic-auth.ts';
import type { ApiContext } from './context.ts';
import { type Protocol, requestProtocol, responseProtocol, unsupportedText } from './media-types.ts';
import type { CallResult, MethodTable } from './method-table.ts';
import { readMethods } from './read-methods.ts';
import { recoveryMethods } from './recovery-methods.ts';
import { DroppedConnection, HttpFailure, RpcFailure } from './rpc-failure.ts';

/** One answer of `/api`: a Thrift body, or text with an HTTP error. */
type ApiAnswer =
  | { readonly kind: 'message'; readonly protocol: Protocol; readonly body: Uint8Array }
  | { readonly kind: 'unsupported'; readonly text: string }
  | { readonly kind: 'unauthorized'; readonly protocol: Protocol | null };

interface ApiRequest {
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

const codecs = { json: tjson, binary: tbinary } as const;
const unknownArguments = struct('unknown arguments', {});

/** Tells which methods need a permission: those that AuroraAdmin declares. */
const handlers: MethodTable = { ...recoveryMethods, ...adminMethods, ...readMethods };
const adminOnly = { ...recoveryMethods, ...adminMethods };

/**
 * Decodes, authorises, calls and encodes (aurora.md 1). Throws HttpFailure for what a real scheduler answers
 * with HTTP 500. `realm` is `null` when everybody may do everything.
 */
export async function answerCall(
  request: ApiRequest,
  context: ApiContext,
  realm: Realm | null,
): Promise<ApiAnswer> {
  const subject = realm === null ? null : identify(realm, request.authorization);
  if (subject === 'wrong') return { kind: 'unauthorized', protocol: null };
  const rules = context.release.mediaTypes;
  const protocol = requestProtocol(request.contentType, rules);
  if (protocol === null) {
    return { kind: 'unsupported', text: unsupportedText(request.contentType ?? '') };
  }
  const reply = responseProtocol(request.accept, rules);
  const call = decode(protocol, request.body);
  const { name } = call;
  if (!isMethodName(name) || !isServed(name, context)) {
    const value = { message: `Invalid method name: '${name}'`, type: 1 };
    const header = { name, type: 'exception' as const, seqid: call.seqid };
    return {
      kind: 'message',
      protocol: reply,
      body: codecs[reply].encodeMessage(header, applicationException, value),
    };
  }
  if (realm !== null && Object.hasOwn(adminOnly, name)) {
    if (subject === null) return { kind: 'unauthorized', protocol: reply };
    if (!subject.mayCall(name)) return encodeReply(call, reply, denied(subject, name));
  }
  return encodeReply(call, reply, await invoke(name, call.value, context));
}

/** False for what this release does not have yet, or no more, and for what nobody asks a pretend scheduler. */
function isServed(name: MethodName, { release }: ApiContext): boolean {
  return handlers[name] !== undefined && livesIn(callLifetimes[name] ?? {}, release.minor);
}

type Response = NonNullable<Struct<typeof methodResult>['success']>;

async function invoke(name: MethodName, args: StructValue, context: ApiContext): Promise<Response> {
  const serverInfo = {
    clusterName: context.settings.clusterName,
    ...(context.release.namesApiVersion && { thriftAPIVersion: 3 }),
    statsUrlPrefix: '',
  };
  try {
    const result = await handlerOf(name)(context, args);
    context.witness(name);
    return {
      responseCode: responseCodes.OK,
      ...(result !== undefined && { result }),
      serverInfo,
      details: [],
    };
  } catch (thrown) {
    // Done all the same; only the answer is missing.
    if (thrown instanceof DroppedConnection) context.witness(name);
    if (!(thrown instanceof RpcFailure)) throw thrown;
    return {
      responseCode: responseCodes[thrown.code],
      serverInfo,
      details: [thrown.text === null ? {} : { message: thrown.text }],
    };
  }
}

/** The table's types tie every handler to its own arguments; decoding used the same method's schema. */
function handlerOf(name: MethodName): (context: ApiContext, args: StructValue) => Promise<CallResult> {
  const handler = handlers[name] as
    | ((context: ApiContext, args: ArgsOf<MethodName>) => Promise<CallResult>)
    | undefined;
  if (handler === undefined) throw new HttpFailure(`no handler for ${name}`);
  return (context, args) => handler(context, args as ArgsOf<MethodName>);
}

function identify(realm: Realm, authorization: string | undefined): Subject | null | 'wrong' {
  if (authorization === undefined) return null;
  return realm.authenticate(authorization) ?? 'wrong';
}

function denied(subject: Subject, method: string): Response {
  const permission = `UnscopedRpcPermission{domain=thrift.AuroraAdmin, rpc=${method}}`;
  return {
    responseCode: responseCodes.AUTH_FAILED,
    details: [{ message: `Subject ${subject.name} lacks permission ${permission}` }],
  };
}

function encodeReply(call: Message, protocol: Protocol, response: Response): ApiAnswer {
  const header = { name: call.name, type: 'reply' as const, seqid: call.seqid };
  const body = codecs[protocol].encodeMessage(header, methodResult, { success: response });
  return { kind: 'message', protocol, body };
}

function decode(protocol: Protocol, body: Buffer): Message {
  // A newline at the end is accepted, a blank anywhere else is not (aurora.md 13).
  const bytes = protocol === 'json' ? trimEnd(body) : body;
  if (protocol === 'json' && hasBlank(bytes)) {
    throw new HttpFailure('javax.servlet.ServletException: org.apache.thrift.protocol.TProtocolException');
  }
  try {
    return codecs[protocol].decodeMessage(bytes, (name) =>
      isMethodName(name) ? methods[name] : unknownArguments,
    );
  } catch (thrown) {
    if (thrown instanceof CodecError) throw asJava(thrown);
    throw thrown;
  }
}

function asJava(error: AuroraError): HttpFailure {
  const exception =
    error.code === 'rpc-truncated'
      ? 'org.apache.thrift.transport.TTransportException'
      : 'org.apache.thrift.protocol.TProtocolException';
  return new HttpFailure(`javax.servlet.ServletException: ${exception}`);
}

/** White space outside of texts: libthrift's JSON parser knows none. */
function hasBlank(body: Buffer): boolean {
  return /\s/.test(body.toString('utf8').replace(/"(\\.|[^"\\])*"/g, ''));
}

function trimEnd(body: Buffer): Buffer {
  let end = body.length;
  while (end > 0 && (body[end - 1] === 0x0a || body[end - 1] === 0x0d)) end--;
  return body.subarray(0, end);
}
