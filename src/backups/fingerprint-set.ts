/**
 * A set of texts that keeps 8 bytes for each: enough to count distinct job keys and to notice a task id that comes
 * twice among a million, without keeping a million ids. Among a million texts, the chance that
 * two different ones are taken for the same is less than one in ten million.
 */
export class FingerprintSet {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a text; false when it was there already. */
  add(text: string): boolean {
    let high = 0x811c_9dc5;
    let low = 0xc2b2_ae35;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x0100_0193);
      low = Math.imul(low ^ unit, 0x85eb_ca6b);
      low ^= low >>> 13;
    }
    high = mix(high ^ text.length);
    // Zero in both words marks an empty slot.
    return this.#insert(high >>> 0, (mix(low) | 1) >>> 0);
  }

  #insert(high: number, low: number): boolean {
    const mask = this.#low.length - 1;
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
