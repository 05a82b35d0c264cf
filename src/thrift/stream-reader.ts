/**
 * Reads one TBinary struct that is too big for memory, piece by piece as its bytes arrive. Lists and sets of the
 * struct, and of structs in it that are entered, are handed out element by element; everything else must fit the window.
 *
 * Promise: memory does not grow with the input. Invariant: the window holds the bytes from the start of the value
 * that is being read; when a value is cut by the end of the window, it is read again from its start once more bytes
 * are there. Bytes behind the struct are counted, not kept.
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

/** Below this, a cut value is tried again with every chunk; above, only when the window has doubled. */
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
  #window = Buffer.allocUnsafe(eagerWindowBytes);
  #end = 0;
  /** Start of the value that is being read. */
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
    this.#cursor = new Cursor(this.#window.subarray(0, 0));
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
    let rest = chunk;
    if (this.#discard > 0) {
      const discarded = Math.min(this.#discard, rest.length);
      this.#discard -= discarded;
      rest = rest.subarray(discarded);
    }
    if (this.#complete) {
      this.#trailingBytes += rest.length;
      return;
    }
    if (rest.length === 0) return;
    this.#append(rest);
    if (this.#end - this.#mark >= this.#wanted) this.#drive();
  }

  /** Says that no more bytes come. Throws CodecError `rpc-truncated` when the struct is not complete. */
  finish(): void {
    if (!this.#complete && this.#discard === 0) this.#drive();
    if (!this.#complete) throw new CodecError('rpc-truncated', 'the bytes end before the struct does');
  }

  #append(chunk: Uint8Array): void {
    const kept = this.#end - this.#mark;
    const needed = kept + chunk.length;
    if (needed > this.#window.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#window.length * 2));
      this.#window.copy(larger, 0, this.#mark, this.#end);
      this.#window = larger;
    } else {
      this.#window.copyWithin(0, this.#mark, this.#end);
    }
    this.#window.set(chunk, kept);
    this.#mark = 0;
    this.#end = needed;
  }

  #drive(): void {
    const cursor = this.#cursor;
    cursor.reset(this.#window, this.#mark, this.#end);
    this.#wanted = 0;
    try {
      while (!this.#complete) {
        this.#mark = cursor.at;
        this.#step(cursor);
      }
      this.#trailingBytes += cursor.left;
      this.#mark = this.#end;
    } catch (thrown) {
      if (thrown !== underrun) throw thrown;
      const size = this.#end - this.#mark;
      if (size > this.#maxValueBytes)
        throw new CodecError('rpc-malformed', `one value takes more than ${this.#maxValueBytes} bytes`);
      if (size > eagerWindowBytes) this.#wanted = Math.min(size * 2, this.#maxValueBytes + 1);
    }
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
