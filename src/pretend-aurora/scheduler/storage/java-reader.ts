import { scheduleStatuses } from '../../../aurora/tasks.ts';
import type {
  ScalarType,
  Struct,
  StructSchema,
  StructValue,
  ThriftType,
  ThriftValue,
} from '../../../thrift/schema.ts';
import { scheduledTask, taskEvent } from '../../../thrift/structs.ts';
import { JavaFailure } from './java-failure.ts';

/**
 * Reads a struct as libthrift 0.10 does in Java, with all its leniency: a field of another type is skipped, a
 * type that does not exist is skipped as nothing at all, element types are not looked at, and what follows
 * the end is not looked at either. This is how a gzip file becomes an empty backup. Throws JavaFailure.
 */
export function readAsJava<S extends StructSchema>(schema: S, bytes: Uint8Array): Struct<S> {
  const value: unknown = new JavaReader(bytes).struct(schema, 0);
  return value as Struct<S>;
}

const types = {
  bool: 2,
  i8: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
};
/** Java's stack ends somewhere about here; a real scheduler answers HTTP 500 and lives on. */
const depthMax = 2_000;
/** A length beyond this does not fit into a scheduler's heap. */
const heapBytes = 1024 ** 3;
const statuses = new Set<number>(Object.values(scheduleStatuses));

class JavaReader {
  private readonly bytes: Buffer;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  struct(schema: StructSchema, depth: number): StructValue {
    const value: Record<string, ThriftValue> = {};
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      const field = schema.fieldById.get(this.take(2).readInt16BE());
      if (field === undefined || typeOf(field.type) !== type) this.skip(type, depth + 1);
      else value[field.name] = this.value(field.type, depth + 1);
    }
    // An enum number that Java does not know becomes null, and the field counts as unset.
    const hasStatus = schema === scheduledTask || schema === taskEvent;
    if (hasStatus && typeof value.status === 'number' && !statuses.has(value.status)) delete value.status;
    return value;
  }

  private value(type: ThriftType, depth: number): ThriftValue {
    if (typeof type === 'string') return this.scalar(type);
    if ('struct' in type) return this.struct(type.struct, depth);
    if ('map' in type) {
      const [keyType, valueType] = type.map;
      this.take(2);
      const entries = Array.from({ length: this.capacity(this.count()) }, () => {
        const key = this.scalar(keyType);
        return [String(key), this.value(valueType, depth + 1)] as const;
      });
      return Object.fromEntries(entries);
    }
    this.take(1);
    const count = this.count();
    const element = 'set' in type ? type.set : type.list;
    if ('list' in type && count > heapBytes / 4) throw new JavaFailure('fatal', 'Java heap space');
    const length = 'set' in type ? this.capacity(count) : count;
    const elements: ThriftValue[] = [];
    for (let index = 0; index < length; index++) elements.push(this.value(element, depth + 1));
    return 'set' in type ? distinct(elements) : elements;
  }

  private scalar(type: ScalarType): boolean | number | string | Uint8Array {
    switch (type) {
      case 'bool':
        return this.byte() === 1;
      case 'i8':
        return this.take(1).readInt8();
      case 'i16':
        return this.take(2).readInt16BE();
      case 'i32':
        return this.take(4).readInt32BE();
      case 'i64':
        return Number(this.take(8).readBigInt64BE());
      case 'double':
        return this.take(8).readDoubleBE();
      case 'string':
        return this.text().toString('utf8');
      case 'binary':
        return Uint8Array.from(this.text());
    }
  }

  private skip(type: number, depth: number): void {
    if (depth > depthMax) throw new JavaFailure('fatal', 'java.lang.StackOverflowError');
    switch (type) {
      case types.bool:
      case types.i8:
        this.take(1);
        break;
      case types.i16:
        this.take(2);
        break;
      case types.i32:
        this.take(4);
        break;
      case types.i64:
      case types.double:
        this.take(8);
        break;
      case types.string:
        this.text();
        break;
      case types.struct:
        for (let inner = this.byte(); inner !== 0; inner = this.byte()) {
          this.take(2);
          this.skip(inner, depth + 1);
        }
        break;
      case types.map: {
        const [key, value] = [this.byte(), this.byte()];
        this.skipEach([key, value], depth);
        break;
      }
      case types.set:
      case types.list:
        this.skipEach([this.byte()], depth);
        break;
      default:
      // `TProtocolUtil.skip` does nothing for a type that it does not know.
    }
  }

  private skipEach(elementTypes: readonly number[], depth: number): void {
    const count = this.count();
    const before = this.position;
    for (let index = 0; index < count; index++) {
      for (const type of elementTypes) this.skip(type, depth + 1);
      // Elements of unknown types take no bytes: the rest of the loop would only spin.
      if (this.position === before) return;
    }
  }

  private count(): number {
    const count = this.take(4).readInt32BE();
    if (count < 0) throw negativeLength(count);
    return count;
  }

  /** `new HashSet(2 * count)`: the product wraps around in Java's int. */
  private capacity(count: number): number {
    const doubled = (2 * count) | 0;
    if (doubled < 0) throw new JavaFailure('load', `Illegal initial capacity: ${doubled}`);
    return count;
  }

  private text(): Buffer {
    const size = this.take(4).readInt32BE();
    if (size < 0) throw negativeLength(size);
    if (size > heapBytes) throw new JavaFailure('fatal', 'java.lang.OutOfMemoryError: Java heap space');
    return this.take(size);
  }

  private byte(): number {
    return this.take(1)[0] ?? 0;
  }

  private take(size: number): Buffer {
    if (this.position + size > this.bytes.length) {
      throw new JavaFailure('decode', 'org.apache.thrift.transport.TTransportException');
    }
    this.position += size;
    return this.bytes.subarray(this.position - size, this.position);
  }
}

function typeOf(type: ThriftType): number {
  if (typeof type === 'string') return type === 'binary' ? types.string : types[type];
  if ('struct' in type) return types.struct;
  if ('map' in type) return types.map;
  return 'set' in type ? types.set : types.list;
}

function negativeLength(length: number): JavaFailure {
  return new JavaFailure(
    'decode',
    `org.apache.thrift.protocol.TProtocolException: Negative length: ${length}`,
  );
}

/** A HashSet keeps one of several equal elements. */
function distinct(elements: readonly ThriftValue[]): ThriftValue[] {
  return [...new Map(elements.map((element) => [JSON.stringify(element), element])).values()];
}
