import { z } from 'zod';
import { CodecError } from './codec-error.ts';
import {
  type MapKeyType,
  type Message,
  maxDepth,
  messageTypeName,
  type ScalarType,
  type SchemaFor,
  type Struct,
  type StructSchema,
  type StructValue,
  type ThriftType,
  type ThriftValue,
} from './schema.ts';
import { tagOf, version } from './tjson-types.ts';

const envelope = z.tuple([
  z.literal(version),
  z.string(),
  z.number().int(),
  z.number().int(),
  z.record(z.string(), z.unknown()),
]);

/** One message. Throws CodecError: `rpc-truncated` for text that stops inside the JSON, `rpc-malformed` otherwise. */
export function decodeMessage(bytes: Uint8Array, schemaFor: SchemaFor): Message {
  const parsed = envelope.safeParse(parseJson(bytes));
  if (!parsed.success) throw malformed('$', 'not [1,"method",type,seqid,{…}]');
  const [, name, typeNumber, seqid, body] = parsed.data;
  const type = messageTypeName(typeNumber);
  if (type === null) throw malformed('$[2]', `unknown message type ${typeNumber}`);
  return { name, type, seqid, value: readStruct(schemaFor(name, type), body, '$', 1) };
}

/** One bare struct. Throws CodecError. */
export function decodeStruct<S extends StructSchema>(schema: S, bytes: Uint8Array): Struct<S> {
  const value: unknown = readStruct(schema, parseJson(bytes), '$', 1);
  return value as Struct<S>;
}

/** A struct of a message that was parsed before, which is in `depth - 1` others. Throws CodecError. */
export function structOf<S extends StructSchema>(schema: S, json: unknown, depth: number): Struct<S> {
  const value: unknown = readStruct(schema, json, '$', depth);
  return value as Struct<S>;
}

function parseJson(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (isCut(text)) throw new CodecError('rpc-truncated', `the JSON stops after ${bytes.length} bytes`);
    throw new CodecError('rpc-malformed', `not JSON: ${JSON.stringify(text.slice(0, 40))}`);
  }
}

/** Whether text that is not JSON could become it: it opens a bracket or a string that it does not close. */
function isCut(text: string): boolean {
  if (text === '') return true;
  if (!/^[[{]/.test(text)) return false;
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (quoted && char === '\\') index += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '[' || char === '{')) depth += 1;
    else if (!quoted && (char === ']' || char === '}')) depth -= 1;
  }
  return quoted || depth > 0;
}

function readStruct(schema: StructSchema, json: unknown, path: string, depth: number): StructValue {
  if (depth > maxDepth) throw malformed(path, `nested deeper than ${maxDepth}`);
  if (!isObject(json)) throw malformed(path, 'not a struct');
  const value: Record<string, ThriftValue> = {};
  for (const [id, tagged] of Object.entries(json)) {
    const field = schema.fieldById.get(Number(id));
    if (field === undefined) continue;
    if (!isObject(tagged)) throw malformed(`${path}.${id}`, 'a field without a type');
    const tag = tagOf(field.type);
    // Known under another type: skipped, as Aurora's own readers do.
    if (!Object.hasOwn(tagged, tag)) continue;
    value[field.name] = readValue(field.type, tagged[tag], `${path}.${field.name}`, depth + 1);
  }
  return value;
}

function readValue(type: ThriftType, json: unknown, path: string, depth: number): ThriftValue {
  if (typeof type === 'string') return readScalar(type, json, path);
  if ('struct' in type) return readStruct(type.struct, json, path, depth);
  if ('map' in type) return readMap(type.map, json, path, depth);
  const element = 'set' in type ? type.set : type.list;
  if (!Array.isArray(json)) throw malformed(path, 'not a list');
  const [tag, count, ...items] = json as readonly unknown[];
  if (count !== items.length)
    throw malformed(path, `${items.length} elements where ${String(count)} are announced`);
  if (items.length > 0 && tag !== tagOf(element)) throw malformed(path, `elements of type ${String(tag)}`);
  return items.map((item, index) => readValue(element, item, `${path}[${index}]`, depth + 1));
}

function readMap(
  [keyType, valueType]: readonly [MapKeyType, ThriftType],
  json: unknown,
  path: string,
  depth: number,
): ThriftValue {
  if (!Array.isArray(json)) throw malformed(path, 'not a map');
  const [keyTag, valueTag, count, body] = json as readonly unknown[];
  if (!isObject(body)) throw malformed(path, 'not a map');
  const entries = Object.entries(body);
  if (count !== entries.length)
    throw malformed(path, `${entries.length} entries where ${String(count)} are announced`);
  if (entries.length > 0 && (keyTag !== tagOf(keyType) || valueTag !== tagOf(valueType)))
    throw malformed(path, `entries of type ${String(keyTag)}, ${String(valueTag)}`);
  if (keyType !== 'string') for (const [key] of entries) readScalar(keyType, Number(key), path);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, readValue(valueType, inner, `${path}.${key}`, depth + 1)]),
  );
}

function readScalar(type: ScalarType, json: unknown, path: string): ThriftValue {
  switch (type) {
    case 'bool':
      if (json !== 0 && json !== 1) throw malformed(path, 'not a bool');
      return json === 1;
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
      if (!Number.isSafeInteger(json)) throw malformed(path, 'not a whole number within 2^53');
      return json as number;
    case 'double':
      return readDouble(json, path);
    case 'string':
      if (typeof json !== 'string') throw malformed(path, 'not a string');
      return json;
    case 'binary':
      if (typeof json !== 'string') throw malformed(path, 'not base64');
      return Uint8Array.from(Buffer.from(json, 'base64'));
  }
}

function readDouble(json: unknown, path: string): number {
  if (typeof json === 'number') return json;
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  throw malformed(path, 'not a double');
}

function malformed(path: string, problem: string): CodecError {
  return new CodecError('rpc-malformed', `${problem} at ${path.slice(0, 200)}`);
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
