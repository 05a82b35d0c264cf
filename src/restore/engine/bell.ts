/** Something that happens again and again, as a signal each time. */
export class Bell {
  #next = new AbortController();

  ring(): void {
    const rung = this.#next;
    this.#next = new AbortController();
    rung.abort();
  }

  /** Aborts when it rings next. */
  next(): AbortSignal {
    return this.#next.signal;
  }
}
