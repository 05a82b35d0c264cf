import { ByteCursor, encodeVarint } from './varint.ts';

/** Snappy leaves the last bytes of its input as they are (`kInputMarginBytes`). */
const margin = 15;
const offsetMax = 65_535;

/** Snappy's block format (`format_description.txt`), greedy: enough for tables as LevelDB writes them. */
export function compressSnappy(input: Buffer): Buffer {
  const output: Buffer[] = [encodeVarint(input.length)];
  const seen = new Map<number, number>();
  let literalStart = 0;
  let position = 0;
  while (position + margin < input.length) {
    const word = input.readUInt32LE(position);
    const candidate = seen.get(word);
    seen.set(word, position);
    if (candidate === undefined || position - candidate > offsetMax) {
      position++;
      continue;
    }
    let length = 4;
    while (position + length < input.length && input[candidate + length] === input[position + length])
      length++;
    if (literalStart < position) output.push(literal(input.subarray(literalStart, position)));
    output.push(...copies(position - candidate, length));
    position += length;
    literalStart = position;
  }
  if (literalStart < input.length) output.push(literal(input.subarray(literalStart)));
  return Buffer.concat(output);
}

/** The inverse; throws RangeError when the input is cut short. */
export function uncompressSnappy(input: Buffer): Buffer {
  const cursor = new ByteCursor(input);
  const output = Buffer.alloc(cursor.varint());
  let position = 0;
  while (!cursor.done) {
    const tag = cursor.take(1)[0] ?? 0;
    if ((tag & 3) === 0) {
      const short = tag >>> 2;
      const length = (short < 60 ? short : cursor.take(short - 59).readUIntLE(0, short - 59)) + 1;
      cursor.take(length).copy(output, position);
      position += length;
      continue;
    }
    const isShort = (tag & 3) === 1;
    const length = isShort ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const offset = isShort ? ((tag >>> 5) << 8) + (cursor.take(1)[0] ?? 0) : cursor.take(2).readUInt16LE();
    // Byte by byte: a copy may overlap what it produces.
    for (let end = position + length; position < end; position++) {
      output[position] = output[position - offset] ?? 0;
    }
  }
  return output;
}

function literal(bytes: Buffer): Buffer {
  const length = bytes.length - 1;
  if (length < 60) return Buffer.concat([Uint8Array.of(length << 2), bytes]);
  const size = length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
  const head = Buffer.alloc(1 + size);
  head[0] = (59 + size) << 2;
  head.writeUIntLE(length, 1, size);
  return Buffer.concat([head, bytes]);
}

function copies(offset: number, length: number): Buffer[] {
  const pieces: Buffer[] = [];
  let rest = length;
  while (rest > 0) {
    const piece = rest > 64 ? (rest - 64 < 4 ? 60 : 64) : rest;
    rest -= piece;
    if (piece >= 4 && piece < 12 && offset < 2048) {
      pieces.push(Buffer.of(1 | ((piece - 4) << 2) | ((offset >>> 8) << 5), offset & 0xff));
    } else {
      pieces.push(Buffer.of(2 | ((piece - 1) << 2), offset & 0xff, offset >>> 8));
    }
  }
  return pieces;
}
