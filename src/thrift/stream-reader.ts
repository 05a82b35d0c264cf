/**
 * Reads one TBinary struct that is too big for memory, piece by piece as its bytes arrive. Lists and sets of the
 * struct, and of structs in it that are entered, are handed out element by element; everything else must fit the window.
 *
 * Promise: memory does not grow with the input. Invariant: the window holds the bytes of the value that was cut by the end of
 * what has come, from its start; it is read again from there once more bytes are there, and what follows it is read where it
 * lies. So a chunk belongs to the reader only during `push`. Bytes behind the struct are counted, not kept.
 */

import { CodecError } from './codec-error.ts';
import { Cursor, underrun, unknownType } from './cursor.ts';
import { minimumSize, stop, typeBytes } from './tbinary-types.ts';

/**
 * What to do with a field. `read` and `element` may be called again for the same value when it was cut: they must
 * read first and act after their last read. Throwing anything ends the reading.
 */
export type Treatment =
  | {
      readonly kind: 'skip';
      /** For a list or set: called once with the count, before its elements are passed over. */
      readonly count?: (elementType: number, count: number) => void;
    }
  | { readonly kind: 'value'; readonly read: (cursor: Cursor) => void }
  | {
      /** For lists and sets only. */
      readonly kind: 'elements';
      /** Called once, before the elements. */
      readonly count: (elementType: number, count: number) => void;
      readonly element: (cursor: Cursor) => void;
    }
  /** For structs only: its fields are visited like those of the struct around it. */
  | { readonly kind: 'enter'; readonly visit: Visitor };

/** Chooses the treatment of each field of the struct, as its header is read. */
export type Visitor = (fieldId: number, type: number) => Treatment;

/** No element of a backup comes near: the largest are job updates of some thousand instances. */
const defaultMaxValueBytes = 32 * 1024 * 1024;

/** Within one value; the elements of the struct's own lists and sets have no bound. */
const elementsMax = 250_000;

/** So much is put behind a cut value at a time: most values end in it, and the rest of the chunk is not copied. */
const bridgeBytes = 4 * 1024;

/** Below this, a cut value is tried again with every bridge; above, only when the window has doubled. */
const eagerWindowBytes = 256 * 1024;

interface Elements {
  readonly type: number;
  /** `null`: passed over. */
  readonly read: ((cursor: Cursor) => void) | null;
  left: number;
}

export class StreamReader {
  /** Of the struct that is read, behind those of the structs around it. */
  readonly #visitors: Visitor[];
  readonly #maxValueBytes: number;
  readonly #cursor: Cursor;
  #window = Buffer.alloc(0);
  /** Bytes in the window. */
  #kept = 0;
  /** Start of the value that is being read, in the bytes that the cursor is in. */
  #mark = 0;
  /** Bytes the window must hold before the cut value is tried again. */
  #wanted = 0;
  #pending: { readonly type: number; readonly treatment: Treatment } | null = null;
  #elements: Elements | null = null;
  /** Bytes of a string that is passed over without being kept. */
  #discard = 0;
  #complete = false;
  #trailingBytes = 0;

  constructor(visit: Visitor, options: { maxValueBytes?: number } = {}) {
    this.#visitors = [visit];
    this.#maxValueBytes = options.maxValueBytes ?? defaultMaxValueBytes;
    this.#cursor = new Cursor(this.#window);
    this.#cursor.elementsMax = elementsMax;
  }

  /** The struct's stop byte was read. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Bytes seen behind the stop byte. */
  get trailingBytes(): number {
    return this.#trailingBytes;
  }

  /** Some text that was read was not UTF-8. */
  get sawInvalidText(): boolean {
    return this.#cursor.sawInvalidText;
  }

  /** Takes the next bytes. Throws CodecError `rpc-malformed`; after that the reader must not be used any more. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (this.#discard > 0) {
        const discarded = Math.min(this.#discard, bytes.length - at);
        this.#discard -= discarded;
        at += discarded;
      } else if (this.#complete) {
        this.#trailingBytes += bytes.length - at;
        return;
      } else if (this.#kept > 0) {
        at = this.#bridge(bytes, at);
      } else {
        at = this.#drive(bytes, at, bytes.length);
        if (this.#complete) continue;
        this.#keep(bytes, at, bytes.length);
        return;
      }
    }
  }

  /** Says that no more bytes come. Throws CodecError `rpc-truncated` when the struct is not complete. */
  finish(): void {
    if (!this.#complete && this.#kept > 0) {
      const end = this.#kept;
      const behind = this.#drive(this.#window, 0, end);
      if (this.#complete) this.#trailingBytes += end - behind;
    }
    if (!this.#complete) throw new CodecError('rpc-truncated', 'the bytes end before the struct does');
  }

  /** Goes on with the cut value in the window, and returns how far the bytes are read or kept. */
  #bridge(bytes: Buffer, at: number): number {
    const before = this.#kept;
    const wanted = Math.max(bridgeBytes, before, this.#wanted - before);
    const end = Math.min(bytes.length, at + wanted);
    this.#keep(bytes, at, end);
    const size = this.#kept;
    if (size < this.#wanted) return end;
    const behind = this.#drive(this.#window, 0, size);
    if (behind >= before || this.#complete) {
      this.#kept = 0;
      return at + behind - before;
    }
    this.#window.copyWithin(0, behind, size);
    this.#kept = size - behind;
    return end;
  }

  /** Puts bytes behind those of the window. */
  #keep(bytes: Buffer, from: number, to: number): void {
    const needed = this.#kept + to - from;
    if (needed > this.#window.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#window.length * 2, bridgeBytes * 2));
      this.#window.copy(larger, 0, 0, this.#kept);
      this.#window = larger;
    }
    bytes.copy(this.#window, this.#kept, from, to);
    this.#kept = needed;
  }

  /** Reads as far as the bytes go; returns the start of the value that they cut, or what is behind the struct. */
  #drive(bytes: Buffer, from: number, end: number): number {
    const cursor = this.#cursor;
    cursor.reset(bytes, from, end);
    this.#wanted = 0;
    try {
      while (!this.#complete) {
        this.#mark = cursor.at;
        this.#step(cursor);
      }
      this.#mark = cursor.at;
    } catch (thrown) {
      if (thrown !== underrun) throw thrown;
      const size = end - this.#mark;
      if (size > this.#maxValueBytes)
        throw new CodecError('rpc-malformed', `one value takes more than ${this.#maxValueBytes} bytes`);
      if (size > eagerWindowBytes) this.#wanted = Math.min(size * 2, this.#maxValueBytes + 1);
    }
    return this.#mark;
  }

  /** One move that can be repeated from `#mark`: nothing changes before its last read has succeeded. */
  #step(cursor: Cursor): void {
    if (this.#elements !== null) this.#readElements(cursor, this.#elements);
    else if (this.#pending !== null) this.#readValue(cursor, this.#pending);
    else this.#readField(cursor);
  }

  #readField(cursor: Cursor): void {
    const type = cursor.u8();
    if (type === stop) {
      this.#visitors.pop();
      this.#complete = this.#visitors.length === 0;
      return;
    }
    if (minimumSize(type) === null) throw unknownType(type);
    const id = cursor.i16();
    this.#pending = { type, treatment: this.#visitors.at(-1)?.(id, type) ?? { kind: 'skip' } };
  }

  #readValue(cursor: Cursor, { type, treatment }: { type: number; treatment: Treatment }): void {
    if (treatment.kind === 'value') treatment.read(cursor);
    else if (treatment.kind === 'enter') this.#visitors.push(treatment.visit);
    else if (type === typeBytes.list || type === typeBytes.set) this.#beginElements(cursor, treatment);
    else this.#pass(cursor, type);
    this.#pending = null;
  }

  #beginElements(cursor: Cursor, treatment: Extract<Treatment, { kind: 'skip' | 'elements' }>): void {
    const type = cursor.u8();
    const left = cursor.size();
    if (left > 0 && minimumSize(type) === null) throw unknownType(type);
    treatment.count?.(type, left);
    this.#elements = { type, read: treatment.kind === 'elements' ? treatment.element : null, left };
  }

  #readElements(cursor: Cursor, elements: Elements): void {
    while (elements.left > 0) {
      this.#mark = cursor.at;
      if (elements.read === null) this.#pass(cursor, elements.type);
      else elements.read(cursor);
      elements.left -= 1;
    }
    this.#elements = null;
  }

  /** Text that nobody reads, such as an SQL dump, needs no window however long it is. */
  #pass(cursor: Cursor, type: number): void {
    if (type !== typeBytes.string) {
      cursor.skip(type, 2);
      return;
    }
    const size = cursor.size();
    const here = Math.min(size, cursor.left);
    cursor.advance(here);
    this.#discard = size - here;
  }
}
