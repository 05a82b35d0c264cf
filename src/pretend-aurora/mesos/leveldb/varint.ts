/** Unsigned LEB128, as LevelDB and protobuf write it. Values are at most 2^53 - 1. */
export function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Reads forward through bytes; throws RangeError when it would read past the end. */
export class ByteCursor {
  readonly bytes: Buffer;
  position = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.take(1)[0] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Buffer {
    if (this.position + length > this.bytes.length) throw new RangeError('read past the end');
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  /** Bytes with their length in front. */
  slice(): Buffer {
    return this.take(this.varint());
  }
}
