/** Largest frame either side may send: ZooKeeper's `jute.maxbuffer` default. */
const maxFrameBytes = 0xfffff;

/**
 * Cuts a byte stream into length-prefixed frames. Holds at most one unfinished frame; throws when a length is
 * negative or above `maxFrameBytes`, after which the connection can only be dropped.
 */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    while (bytes.length >= 4) {
      const length = bytes.readInt32BE();
      if (length < 0 || length > maxFrameBytes) throw new RangeError(`a frame of ${length} bytes`);
      if (bytes.length < 4 + length) break;
      frames.push(bytes.subarray(4, 4 + length));
      bytes = bytes.subarray(4 + length);
    }
    this.#rest = bytes;
    return frames;
  }
}
