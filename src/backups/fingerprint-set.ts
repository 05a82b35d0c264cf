/**
 * The fingerprint of a text, made of its UTF-16 units as they come. Reused for one text after the other, so that nothing is
 * allocated for each.
 */
export class Fingerprint {
  #high = 0;
  #low = 0;
  #length = 0;
  #units = 0;

  begin(): this {
    this.#high = 0x811c_9dc5;
    this.#low = 0xc2b2_ae35;
    this.#length = 0;
    this.#units = 0;
    return this;
  }

  unit(unit: number): this {
    this.#high = Math.imul(this.#high ^ unit, 0x0100_0193);
    const low = Math.imul(this.#low ^ unit, 0x85eb_ca6b);
    this.#low = low ^ (low >>> 13);
    this.#length += 1;
    this.#units |= unit;
    return this;
  }

  text(text: string): this {
    for (let index = 0; index < text.length; index += 1) this.unit(text.charCodeAt(index));
    return this;
  }

  /** Bytes of ASCII, which are its units. Of others the fingerprint is not that of their text: see `isAscii`. */
  bytes(bytes: Uint8Array, at: number, size: number): this {
    let high = this.#high;
    let low = this.#low;
    let units = 0;
    for (let index = at; index < at + size; index += 1) {
      const unit = bytes[index] ?? 0;
      high = Math.imul(high ^ unit, 0x0100_0193);
      low = Math.imul(low ^ unit, 0x85eb_ca6b);
      low ^= low >>> 13;
      units |= unit;
    }
    this.#high = high;
    this.#low = low;
    this.#length += size;
    this.#units |= units;
    return this;
  }

  copy(other: Fingerprint): void {
    this.#high = other.#high;
    this.#low = other.#low;
    this.#length = other.#length;
    this.#units = other.#units;
  }

  get isAscii(): boolean {
    return this.#units < 0x80;
  }

  get high(): number {
    return mix(this.#high ^ this.#length) >>> 0;
  }

  /** Never zero. */
  get low(): number {
    return (mix(this.#low) | 1) >>> 0;
  }
}

/**
 * A set of texts that keeps 8 bytes for each: enough to count distinct job keys and to notice a task id that comes
 * twice among a million, without keeping a million ids. Among a million texts, the chance that
 * two different ones are taken for the same is less than one in ten million.
 */
export class FingerprintSet {
  readonly #ofText = new Fingerprint();
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
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
    return this.#insert(high, low);
  }

  #insert(high: number, low: number): boolean {
    const mask = this.#low.length - 1;
    // Zero marks an empty slot.
    let slot = (high ^ (low >>> 7)) & mask;
    while (this.#low[slot] !== 0) {
      if (this.#low[slot] === low && this.#high[slot] === high) return false;
      slot = (slot + 1) & mask;
    }
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#size += 1;
    if (this.#size * 2 > this.#low.length) this.#grow();
    return true;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(low.length * 2);
    this.#size = 0;
    low.forEach((word, slot) => {
      if (word !== 0) this.#insert(high[slot] ?? 0, word);
    });
  }
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the output. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
