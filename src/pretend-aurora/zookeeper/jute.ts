/**
 * Jute, ZooKeeper's wire encoding: big-endian numbers, and byte strings with a four-byte length where -1 means
 * null. Only what the client protocol needs (Apache ZooKeeper, `zookeeper.jute`).
 */
export class JuteReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  int(): number {
    return this.#take(4).readInt32BE();
  }

  long(): bigint {
    return this.#take(8).readBigInt64BE();
  }

  boolean(): boolean {
    return this.#take(1).readUInt8() !== 0;
  }

  /** Null and empty are both an empty buffer: no request we serve tells them apart. */
  buffer(): Buffer {
    const length = this.int();
    return length <= 0 ? Buffer.alloc(0) : this.#take(length);
  }

  string(): string {
    return this.buffer().toString('utf8');
  }

  /** Reads a counted list. The count is not trusted: reading stops with an error when the bytes run out. */
  vector<T>(element: () => T): T[] {
    const length = this.int();
    const list: T[] = [];
    for (let index = 0; index < length; index += 1) list.push(element());
    return list;
  }

  #take(length: number): Buffer {
    if (length > this.remaining) throw new RangeError(`jute: ${length} bytes wanted, ${this.remaining} left`);
    const part = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return part;
  }
}

/** Builds one frame; `frame()` puts the length in front. */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    return this.#push(part);
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    return this.#push(part);
  }

  boolean(value: boolean): this {
    return this.#push(Buffer.from([value ? 1 : 0]));
  }

  buffer(value: Buffer): this {
    return this.int(value.length).#push(value);
  }

  string(value: string): this {
    return this.buffer(Buffer.from(value, 'utf8'));
  }

  vector<T>(values: readonly T[], write: (value: T) => void): this {
    this.int(values.length);
    for (const value of values) write(value);
    return this;
  }

  frame(): Buffer {
    const body = Buffer.concat(this.#parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }

  #push(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }
}
