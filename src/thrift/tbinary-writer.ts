import {
  type MessageHeader,
  messageTypes,
  type ScalarType,
  type StructSchema,
  type StructValue,
  type ThriftType,
  type ThriftValue,
} from './schema.ts';
import { stop, typeByte } from './tbinary-types.ts';
import { booleanOf, bytesOf, entriesOf, integerOf, listOf, numberOf, structOf, textOf } from './values.ts';

const strictVersion1 = 0x8001_0000;

/** One message with a strict header, without framing. Throws TypeError when the value does not fit the schema. */
export function encodeMessage(header: MessageHeader, schema: StructSchema, value: StructValue): Buffer {
  const out = new Writer();
  out.i32(strictVersion1 | messageTypes[header.type] | 0);
  out.binary(Buffer.from(header.name, 'utf8'));
  out.i32(header.seqid);
  writeStruct(out, schema, value);
  return out.finish();
}

/** One bare struct: what a backup file is. Throws TypeError when the value does not fit the schema. */
export function encodeStruct(schema: StructSchema, value: StructValue): Buffer {
  const out = new Writer();
  writeStruct(out, schema, value);
  return out.finish();
}

function writeStruct(out: Writer, schema: StructSchema, value: StructValue): void {
  for (const field of schema.fields) {
    const inner = value[field.name];
    if (inner === undefined) continue;
    out.u8(typeByte(field.type));
    out.i16(field.id);
    writeValue(out, field.type, inner);
  }
  out.u8(stop);
}

function writeValue(out: Writer, type: ThriftType, value: ThriftValue): void {
  if (typeof type === 'string') {
    writeScalar(out, type, value);
  } else if ('struct' in type) {
    writeStruct(out, type.struct, structOf(value));
  } else if ('map' in type) {
    const [keyType, valueType] = type.map;
    const entries = entriesOf(value);
    out.u8(typeByte(keyType));
    out.u8(typeByte(valueType));
    out.i32(entries.length);
    for (const [key, inner] of entries) {
      writeScalar(out, keyType, keyType === 'string' ? key : Number(key));
      writeValue(out, valueType, inner);
    }
  } else {
    const element = 'set' in type ? type.set : type.list;
    const items = listOf(value);
    out.u8(typeByte(element));
    out.i32(items.length);
    for (const item of items) writeValue(out, element, item);
  }
}

function writeScalar(out: Writer, type: ScalarType, value: ThriftValue): void {
  switch (type) {
    case 'bool':
      out.u8(booleanOf(value) ? 1 : 0);
      break;
    case 'i8':
      out.u8(integerOf(value, type) & 0xff);
      break;
    case 'i16':
      out.i16(integerOf(value, type));
      break;
    case 'i32':
      out.i32(integerOf(value, type));
      break;
    case 'i64':
      out.i64(integerOf(value, type));
      break;
    case 'double':
      out.double(numberOf(value));
      break;
    case 'string':
      out.binary(Buffer.from(textOf(value), 'utf8'));
      break;
    case 'binary':
      out.binary(bytesOf(value));
      break;
  }
}

/** Appends to a buffer that doubles: no list of small buffers, so a large backup is copied a few times only. */
class Writer {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  u8(value: number): void {
    this.#reserve(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
  }

  i16(value: number): void {
    this.#reserve(2);
    this.#length = this.#buffer.writeInt16BE(value, this.#length);
  }

  i32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  i64(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigInt64BE(BigInt(value), this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  binary(bytes: Uint8Array): void {
    this.i32(bytes.length);
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
