import { CodecError } from './codec-error.ts';
import { Cursor, checkedSize, tooDeep, underrun } from './cursor.ts';
import {
  type MapKeyType,
  type Message,
  type MessageHeader,
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
import { stop, typeByte } from './tbinary-types.ts';

/**
 * One message, strict header or old-style. `schemaFor` says which struct follows. Throws CodecError; bytes behind the
 * struct are an error too, because one HTTP body is exactly one message.
 */
export function decodeMessage(bytes: Uint8Array, schemaFor: SchemaFor): Message {
  return readAll(bytes, (cursor) => {
    const header = readHeader(cursor);
    return { ...header, value: readFields(cursor, schemaFor(header.name, header.type), 1) };
  });
}

/** What is in front of a message's struct. Throws as `readStruct` does. */
export function readHeader(cursor: Cursor): MessageHeader {
  const first = cursor.i32();
  const strict = first < 0;
  if (strict && first >>> 16 !== 0x8001)
    throw new CodecError('rpc-malformed', 'not a Thrift message: wrong version in the header');
  const name = cursor.text(strict ? cursor.size() : checkedSize(first));
  const typeNumber = strict ? first & 0xff : cursor.i8();
  const type = messageTypeName(typeNumber);
  if (type === null) throw new CodecError('rpc-malformed', `unknown message type ${typeNumber}`);
  return { name, type, seqid: cursor.i32() };
}

/** One bare struct that fills the bytes. Throws CodecError. */
export function decodeStruct<S extends StructSchema>(schema: S, bytes: Uint8Array): Struct<S> {
  return readAll(bytes, (cursor) => readStruct(cursor, schema, 1));
}

/**
 * A struct at the cursor. Throws `underrun` when it goes on behind the cursor's bytes, CodecError when it cannot be
 * right. `depth` is 1 for a struct that is in no other.
 */
export function readStruct<S extends StructSchema>(cursor: Cursor, schema: S, depth: number): Struct<S> {
  const value: unknown = readFields(cursor, schema, depth);
  return value as Struct<S>;
}

function readAll<T>(bytes: Uint8Array, read: (cursor: Cursor) => T): T {
  const cursor = new Cursor(bytes);
  try {
    const value = read(cursor);
    if (cursor.left > 0) throw new CodecError('rpc-malformed', `${cursor.left} bytes after the end`);
    return value;
  } catch (thrown) {
    if (thrown !== underrun) throw thrown;
    throw new CodecError('rpc-truncated', `${bytes.length} bytes are not all of it`);
  }
}

function readFields(cursor: Cursor, schema: StructSchema, depth: number): StructValue {
  if (depth > maxDepth) throw tooDeep();
  const value: Record<string, ThriftValue> = {};
  for (let byte = cursor.u8(); byte !== stop; byte = cursor.u8()) {
    const field = schema.fieldById.get(cursor.i16());
    // A field that is unknown, or known under another type, is skipped: that is what Aurora's own readers do.
    if (field === undefined || typeByte(field.type) !== byte) cursor.skip(byte, depth + 1);
    else value[field.name] = readValue(cursor, field.type, depth + 1);
  }
  return value;
}

/** One value of this type; throws as `readStruct` does. */
export function readValue(cursor: Cursor, type: ThriftType, depth: number): ThriftValue {
  if (typeof type === 'string') return readScalar(cursor, type);
  if ('struct' in type) return readFields(cursor, type.struct, depth);
  if ('map' in type) return readMap(cursor, type.map, depth);
  const element = 'set' in type ? type.set : type.list;
  const byte = cursor.u8();
  const count = cursor.count(byte);
  if (count > 0) expectType(byte, element);
  return Array.from({ length: count }, () => readValue(cursor, element, depth + 1));
}

function readMap(
  cursor: Cursor,
  [keyType, valueType]: readonly [MapKeyType, ThriftType],
  depth: number,
): ThriftValue {
  const keyByte = cursor.u8();
  const valueByte = cursor.u8();
  const count = cursor.count(keyByte);
  if (count > 0) {
    expectType(keyByte, keyType);
    expectType(valueByte, valueType);
  }
  // fromEntries defines own properties, so that a key such as __proto__ is a key like any other.
  return Object.fromEntries(
    Array.from({ length: count }, () => [
      String(readScalar(cursor, keyType)),
      readValue(cursor, valueType, depth + 1),
    ]),
  );
}

function readScalar(cursor: Cursor, type: ScalarType): boolean | number | string | Uint8Array {
  switch (type) {
    case 'bool':
      return cursor.u8() !== 0;
    case 'i8':
      return cursor.i8();
    case 'i16':
      return cursor.i16();
    case 'i32':
      return cursor.i32();
    case 'i64':
      return cursor.i64();
    case 'double':
      return cursor.double();
    case 'string':
      return cursor.text(cursor.size());
    case 'binary':
      return cursor.binary(cursor.size());
  }
}

function expectType(byte: number, type: ThriftType): void {
  if (byte !== typeByte(type))
    throw new CodecError('rpc-malformed', `elements of type ${byte} where ${typeByte(type)} belongs`);
}
