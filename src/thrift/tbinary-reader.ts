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
import { minimumSize, stop, typeByte, typeBytes } from './tbinary-types.ts';

/**
 * One message, strict header or old-style. `schemaFor` says which struct follows. Throws CodecError; bytes behind the
 * struct are an error too, because one HTTP body is exactly one message.
 */
export function decodeMessage(bytes: Uint8Array, schemaFor: SchemaFor): Message {
  const reader = new Reader(bytes);
  const first = reader.i32();
  const strict = first < 0;
  if (strict && (first & 0xffff_0000) !== (0x8001_0000 | 0))
    throw new CodecError('rpc-malformed', 'not a Thrift message: wrong version in the header');
  const name = strict ? reader.text(reader.size()) : reader.text(reader.checkedSize(first));
  const typeNumber = strict ? first & 0xff : reader.i8();
  const type = messageTypeName(typeNumber);
  if (type === null) throw new CodecError('rpc-malformed', `unknown message type ${typeNumber}`);
  const seqid = reader.i32();
  const value = readStruct(reader, schemaFor(name, type), 1);
  reader.expectEnd();
  return { name, type, seqid, value };
}

/** One bare struct that fills the bytes. Throws CodecError. */
export function decodeStruct<S extends StructSchema>(schema: S, bytes: Uint8Array): Struct<S> {
  const reader = new Reader(bytes);
  const value: unknown = readStruct(reader, schema, 1);
  reader.expectEnd();
  return value as Struct<S>;
}

function readStruct(reader: Reader, schema: StructSchema, depth: number): StructValue {
  if (depth > maxDepth) throw new CodecError('rpc-malformed', `nested deeper than ${maxDepth}`);
  const value: Record<string, ThriftValue> = {};
  for (let byte = reader.u8(); byte !== stop; byte = reader.u8()) {
    const field = schema.fieldById.get(reader.i16());
    // A field that is unknown, or known under another type, is skipped: that is what Aurora's own readers do.
    if (field === undefined || typeByte(field.type) !== byte) skip(reader, byte, depth + 1);
    else value[field.name] = readValue(reader, field.type, depth + 1);
  }
  return value;
}

function readValue(reader: Reader, type: ThriftType, depth: number): ThriftValue {
  if (typeof type === 'string') return readScalar(reader, type);
  if ('struct' in type) return readStruct(reader, type.struct, depth);
  if ('map' in type) return readMap(reader, type.map, depth);
  const element = 'set' in type ? type.set : type.list;
  const byte = reader.u8();
  const count = reader.count(byte);
  if (count > 0) expectType(byte, element);
  return Array.from({ length: count }, () => readValue(reader, element, depth + 1));
}

function readMap(
  reader: Reader,
  [keyType, valueType]: readonly [MapKeyType, ThriftType],
  depth: number,
): ThriftValue {
  const keyByte = reader.u8();
  const valueByte = reader.u8();
  const count = reader.count(keyByte);
  if (count > 0) {
    expectType(keyByte, keyType);
    expectType(valueByte, valueType);
  }
  // fromEntries defines own properties, so that a key such as __proto__ is a key like any other.
  return Object.fromEntries(
    Array.from({ length: count }, () => [
      String(readScalar(reader, keyType)),
      readValue(reader, valueType, depth + 1),
    ]),
  );
}

function readScalar(reader: Reader, type: ScalarType): boolean | number | string | Uint8Array {
  switch (type) {
    case 'bool':
      return reader.u8() !== 0;
    case 'i8':
      return reader.i8();
    case 'i16':
      return reader.i16();
    case 'i32':
      return reader.i32();
    case 'i64':
      return reader.i64();
    case 'double':
      return reader.double();
    case 'string':
      return reader.text(reader.size());
    case 'binary':
      return reader.bytes(reader.size());
  }
}

function expectType(byte: number, type: ThriftType): void {
  if (byte !== typeByte(type))
    throw new CodecError('rpc-malformed', `elements of type ${byte} where ${typeByte(type)} belongs`);
}

function skip(reader: Reader, byte: number, depth: number): void {
  if (depth > maxDepth) throw new CodecError('rpc-malformed', `nested deeper than ${maxDepth}`);
  switch (byte) {
    case typeBytes.string:
      reader.advance(reader.size());
      break;
    case typeBytes.struct:
      for (let inner = reader.u8(); inner !== stop; inner = reader.u8()) {
        reader.advance(2);
        skip(reader, inner, depth + 1);
      }
      break;
    case typeBytes.map: {
      const keyByte = reader.u8();
      const valueByte = reader.u8();
      const count = reader.count(keyByte);
      for (let index = 0; index < count; index += 1) {
        skip(reader, keyByte, depth + 1);
        skip(reader, valueByte, depth + 1);
      }
      break;
    }
    case typeBytes.set:
    case typeBytes.list: {
      const element = reader.u8();
      const count = reader.count(element);
      for (let index = 0; index < count; index += 1) skip(reader, element, depth + 1);
      break;
    }
    default: {
      const size = minimumSize(byte);
      if (size === null) throw new CodecError('rpc-malformed', `unknown type ${byte}`);
      reader.advance(size);
    }
  }
}

/** A cursor that never leaves the bytes: running out is `rpc-truncated`, never a RangeError. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#bytes.readUInt8(this.advance(1));
  }

  i8(): number {
    return this.#bytes.readInt8(this.advance(1));
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.advance(2));
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.advance(4));
  }

  i64(): number {
    const value = Number(this.#bytes.readBigInt64BE(this.advance(8)));
    if (!Number.isSafeInteger(value))
      throw new CodecError('rpc-malformed', `an i64 beyond 2^53 before byte ${this.#at}`);
    return value;
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.advance(8));
  }

  /** A length in front of a string. */
  size(): number {
    return this.checkedSize(this.i32());
  }

  checkedSize(size: number): number {
    if (size < 0) throw new CodecError('rpc-malformed', `negative length ${size} before byte ${this.#at}`);
    return size;
  }

  /** A count of elements; one that cannot fit into what is left is refused before anything is allocated. */
  count(elementByte: number): number {
    const count = this.checkedSize(this.i32());
    if (count === 0) return 0;
    const smallest = minimumSize(elementByte);
    if (smallest === null)
      throw new CodecError('rpc-malformed', `unknown element type ${elementByte} before byte ${this.#at}`);
    this.#require(count * smallest);
    return count;
  }

  text(size: number): string {
    const start = this.advance(size);
    return this.#bytes.toString('utf8', start, start + size);
  }

  bytes(size: number): Uint8Array {
    const start = this.advance(size);
    return Uint8Array.from(this.#bytes.subarray(start, start + size));
  }

  /** Moves on and returns where it was. */
  advance(size: number): number {
    this.#require(size);
    const start = this.#at;
    this.#at += size;
    return start;
  }

  expectEnd(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new CodecError('rpc-malformed', `${left} bytes behind the end`);
  }

  #require(size: number): void {
    if (size > this.#bytes.length - this.#at)
      throw new CodecError(
        'rpc-truncated',
        `${size} bytes wanted at byte ${this.#at} of ${this.#bytes.length}`,
      );
  }
}
