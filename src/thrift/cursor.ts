import { isUtf8 } from 'node:buffer';
import { CodecError } from './codec-error.ts';
import { maxDepth } from './schema.ts';
import { minimumSize, stop, typeBytes } from './tbinary-types.ts';

/**
 * Thrown when a value goes on behind the bytes at hand. One instance for all: it is thrown once per chunk while a
 * file streams, and nobody looks at its stack.
 */
class Underrun extends Error {}
export const underrun = new Underrun('the value continues after the bytes at hand');

/**
 * Reads TBinary values from a piece of memory and never leaves it: running out throws `underrun`, and the caller
 * decides whether that means "more is coming" or "cut". Values that cannot be right throw CodecError.
 */
export class Cursor {
  /** Where the next byte is read. A caller may set it back to repeat a value. */
  at = 0;
  /** Some text read so far was not UTF-8 (it was read with replacement characters). */
  sawInvalidText = false;
  /** The most elements of one list, set or map that are read: the smallest takes a byte and becomes an object of fifty. */
  elementsMax = Number.POSITIVE_INFINITY;
  #bytes: Buffer;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  /** Goes on in another piece of memory, of which `end` bytes count. */
  reset(bytes: Buffer, at: number, end: number): void {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  /** The piece of memory; what lies behind `end` does not count. For readers that are too hot to ask for each byte. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get end(): number {
    return this.#end;
  }

  u8(): number {
    return u8(this.#bytes, this.advance(1));
  }

  i8(): number {
    return (u8(this.#bytes, this.advance(1)) << 24) >> 24;
  }

  i16(): number {
    const at = this.advance(2);
    return (((u8(this.#bytes, at) << 8) | u8(this.#bytes, at + 1)) << 16) >> 16;
  }

  i32(): number {
    return i32(this.#bytes, this.advance(4));
  }

  i64(): number {
    const value = Number(this.#bytes.readBigInt64BE(this.advance(8)));
    if (!Number.isSafeInteger(value)) throw new CodecError('rpc-malformed', 'an i64 beyond 2^53');
    return value;
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.advance(8));
  }

  /** The length in front of a string, or the count in front of elements. */
  size(): number {
    return checkedSize(this.i32());
  }

  /** A count of elements; one that cannot fit into what is left is an underrun before anything is allocated. */
  count(elementByte: number): number {
    const count = this.size();
    if (count === 0) return 0;
    const smallest = minimumSize(elementByte);
    if (smallest === null) throw unknownType(elementByte);
    if (count * smallest > this.left) throw underrun;
    if (count > this.elementsMax)
      throw new CodecError('rpc-malformed', `more than ${this.elementsMax} elements in one value`);
    return count;
  }

  /** Text of `size` bytes; what is not UTF-8 is replaced and remembered in `sawInvalidText`. */
  text(size: number): string {
    const start = this.advance(size);
    const text = this.#bytes.toString('utf8', start, start + size);
    if (text.includes('\ufffd') && !isUtf8(this.#bytes.subarray(start, start + size)))
      this.sawInvalidText = true;
    return text;
  }

  /** A copy of `size` bytes. */
  binary(size: number): Uint8Array {
    const start = this.advance(size);
    return Uint8Array.from(this.#bytes.subarray(start, start + size));
  }

  /** Moves on and returns where it was. */
  advance(size: number): number {
    const start = this.at;
    if (size > this.#end - start) throw underrun;
    this.at = start + size;
    return start;
  }

  /** Moves behind a value of any type without reading it. */
  skip(type: number, depth: number): void {
    this.at = skipValue(this.#bytes, this.at, this.#end, type, depth);
  }
}

/** Passes a length or count on; throws CodecError for a negative one, which a scheduler refuses too. */
export function checkedSize(size: number): number {
  if (size < 0) throw negativeLength(size);
  return size;
}

function negativeLength(size: number): CodecError {
  return new CodecError('rpc-malformed', `negative length ${size}`);
}

/** The error for a byte where a type belongs. A scheduler skips it and reads on out of step: see aurora.md 13. */
export function unknownType(type: number): CodecError {
  return new CodecError('rpc-malformed', `unknown type ${type}`);
}

// The functions below are the hot path of reading a backup: most bytes of a task are passed over here. They take
// the position and return the next one, so that nothing is allocated.

/** Bytes of a value by its type, where all values of it are as long; 0 for other types and what is none. */
const fixedSizes = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < typeBytes.string ? (minimumSize(byte) ?? 0) : 0,
);

/** The position behind a value of any type. Throws `underrun` and CodecError. */
export function skipValue(bytes: Buffer, at: number, end: number, type: number, depth: number): number {
  let next: number;
  switch (type) {
    case typeBytes.string:
      return skipText(bytes, at, end);
    case typeBytes.struct:
      return skipStruct(bytes, at, end, depth);
    case typeBytes.set:
    case typeBytes.list:
      return skipElements(bytes, at, end, depth);
    case typeBytes.map:
      return skipMap(bytes, at, end, depth);
    default: {
      const size = fixedSizes[type] ?? 0;
      if (size === 0) throw unknownType(type);
      next = at + size;
    }
  }
  if (next > end) throw underrun;
  return next;
}

/** The same for a text or bytes. */
export function skipText(bytes: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw underrun;
  const size = i32(bytes, at);
  if (size < 0) throw negativeLength(size);
  if (size > end - at - 4) throw underrun;
  return at + 4 + size;
}

/** Most fields are numbers and texts: passed over here, without a call. */
function skipStruct(bytes: Buffer, start: number, end: number, depth: number): number {
  if (depth > maxDepth) throw tooDeep();
  let at = start;
  while (at < end) {
    const type = u8(bytes, at);
    if (type === stop) return at + 1;
    at += 3;
    const fixed = fixedSizes[type] ?? 0;
    if (fixed > 0) at += fixed;
    else if (type === typeBytes.string) at = skipText(bytes, at, end);
    else at = skipValue(bytes, at, end, type, depth + 1);
  }
  throw underrun;
}

function skipElements(bytes: Buffer, start: number, end: number, depth: number): number {
  if (depth > maxDepth) throw tooDeep();
  if (start + 5 > end) throw underrun;
  const type = u8(bytes, start);
  const count = checkedSize(i32(bytes, start + 1));
  let at = start + 5;
  for (let index = 0; index < count; index += 1)
    at =
      type === typeBytes.struct
        ? skipStruct(bytes, at, end, depth + 1)
        : skipValue(bytes, at, end, type, depth + 1);
  return at;
}

function skipMap(bytes: Buffer, start: number, end: number, depth: number): number {
  if (depth > maxDepth) throw tooDeep();
  if (start + 6 > end) throw underrun;
  const keyType = u8(bytes, start);
  const valueType = u8(bytes, start + 1);
  const count = checkedSize(i32(bytes, start + 2));
  let at = start + 6;
  for (let index = 0; index < count; index += 1) {
    at = skipValue(bytes, at, end, keyType, depth + 1);
    at = skipValue(bytes, at, end, valueType, depth + 1);
  }
  return at;
}

export function tooDeep(): CodecError {
  return new CodecError('rpc-malformed', `nested deeper than ${maxDepth}`);
}

// Callers have checked the bounds; `?? 0` only satisfies the type.
export function u8(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}

export function i32(bytes: Buffer, at: number): number {
  return (u8(bytes, at) << 24) | (u8(bytes, at + 1) << 16) | (u8(bytes, at + 2) << 8) | u8(bytes, at + 3);
}
