import { i32, u8 } from '../thrift/cursor.ts';

// All of this are 32 bits with a sign: what is larger becomes an object for each number.
const highStart = 0x811c_9dc5 | 0;
const lowStart = 0xc2b2_ae35 | 0;

/**
 * The fingerprint of a text, made of its bytes in UTF-8 as they come. Reused for one text after the other, so that nothing is
 * allocated for each. A text that is given in parts has another fingerprint than one that is given as a whole.
 */
export class Fingerprint {
  #high = 0;
  #low = 0;
  #length = 0;
  #seen = 0;

  begin(): this {
    this.#high = highStart;
    this.#low = lowStart;
    this.#length = 0;
    this.#seen = 0;
    return this;
  }

  text(text: string): this {
    const bytes = Buffer.from(text);
    return this.bytes(bytes, 0, bytes.length);
  }

  /** Four bytes at a time: one after the other, this alone would be a tenth of all decoding. */
  bytes(bytes: Buffer, start: number, size: number): this {
    let high = this.#high;
    let low = this.#low;
    let seen = this.#seen;
    const end = start + size;
    for (let at = start; at < end; at += 4) {
      const word = at + 4 <= end ? i32(bytes, at) : lastWord(bytes, at, end);
      high = Math.imul(high ^ word, 0x0100_0193);
      high ^= high >>> 15;
      low = Math.imul(low ^ word, 0x85eb_ca6b);
      low ^= low >>> 13;
      seen |= word;
    }
    this.#high = Math.imul(high ^ size, 0x0100_0193);
    this.#low = Math.imul(low ^ size, 0x85eb_ca6b);
    this.#length += size;
    this.#seen = seen;
    return this;
  }

  copy(other: Fingerprint): void {
    this.#high = other.#high;
    this.#low = other.#low;
    this.#length = other.#length;
    this.#seen = other.#seen;
  }

  get isAscii(): boolean {
    return isAsciiWord(this.#seen);
  }

  get high(): number {
    return mix(this.#high ^ this.#length);
  }

  /** Never zero. */
  get low(): number {
    return mix(this.#low) | 1;
  }
}

/** Whether all of these bytes are ASCII. */
export function isAscii(bytes: Buffer, start: number, size: number): boolean {
  const end = start + size;
  let seen = 0;
  for (let at = start; at < end; at += 4) seen |= at + 4 <= end ? i32(bytes, at) : lastWord(bytes, at, end);
  return isAsciiWord(seen);
}

function isAsciiWord(word: number): boolean {
  return (word & 0x8080_8080) === 0;
}

/** Of fewer than four bytes. */
function lastWord(bytes: Buffer, at: number, end: number): number {
  let word = 0;
  for (let index = at; index < end; index += 1) word = (word << 8) | u8(bytes, index);
  return word;
}

/**
 * A set of texts that keeps 8 bytes for each: enough to count distinct job keys and to notice a task id that comes
 * twice among a million, without keeping a million ids. Among a million texts, the chance that
 * two different ones are taken for the same is less than one in ten million.
 */
export class FingerprintSet {
  readonly #ofText = new Fingerprint();
  /** Low, high, low, high: one look into memory finds both. */
  #words = new Int32Array(2048);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a text; false when it was there already. */
  add(text: string): boolean {
    return this.addFingerprint(this.#ofText.begin().text(text));
  }

  /** The same for a text of which only that is known. */
  addFingerprint({ high, low }: Fingerprint): boolean {
    if (!insert(this.#words, high, low)) return false;
    this.#size += 1;
    if (this.#size * 4 > this.#words.length) this.#grow();
    return true;
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2);
    for (let at = 0; at < this.#words.length; at += 2) {
      const low = this.#words[at] ?? 0;
      if (low !== 0) insert(words, this.#words[at + 1] ?? 0, low);
    }
    this.#words = words;
  }
}

function insert(words: Int32Array, high: number, low: number): boolean {
  const mask = words.length - 2;
  // Zero marks an empty slot.
  let at = ((high ^ (low >>> 7)) << 1) & mask;
  for (let found = words[at]; found !== 0; found = words[at]) {
    if (found === low && words[at + 1] === high) return false;
    at = (at + 2) & mask;
  }
  words[at] = low;
  words[at + 1] = high;
  return true;
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
