/**
 * One file is read after the other, since a scheduler runs on this host, too: what somebody waits for first, then the newest name.
 * What nobody waits for gives way, in the middle of a file, and is begun again later.
 */
import { AuroraError } from '../aurora/errors.ts';

export interface Turn {
  /** True when this file has to be left for now: its reading then ends with an error, whichever. */
  mustGiveWay(): boolean;
  /** Somebody waits for this very file. */
  isUrgent(): boolean;
}

interface Entry<T> extends PromiseWithResolvers<T> {
  readonly key: string;
  readonly name: string;
  urgent: boolean;
  gaveWay: boolean;
}

export class ReadingQueue<T> {
  readonly #read: (name: string, turn: Turn) => Promise<T>;
  readonly #waiting = new Map<string, Entry<T>>();
  #running: Entry<T> | null = null;
  #closed = false;

  constructor(read: (name: string, turn: Turn) => Promise<T>) {
    this.#read = read;
  }

  /** What reading it says; what is asked for twice under one key is read once. Rejects with what reading throws. */
  add(key: string, name: string, { urgent }: { urgent: boolean }): Promise<T> {
    const known = this.#running?.key === key ? this.#running : this.#waiting.get(key);
    const entry = known ?? { ...Promise.withResolvers<T>(), key, name, urgent, gaveWay: false };
    entry.urgent ||= urgent;
    if (known === undefined) {
      // Nobody may wait for it, and it is tried again.
      entry.promise.catch(() => undefined);
      this.#waiting.set(key, entry);
      if (this.#closed) this.#refuse();
      else this.#goOn();
    }
    return entry.promise;
  }

  /** What is waiting for nobody and is not there any more needs no reading. */
  retain(keys: ReadonlySet<string>): void {
    for (const [key, { urgent }] of this.#waiting) if (!urgent && !keys.has(key)) this.#waiting.delete(key);
  }

  /** What is under way ends soon; what was waiting is refused with AuroraError `agent-stops`. */
  close(): void {
    this.#closed = true;
    this.#refuse();
  }

  #goOn(): void {
    if (this.#running !== null || this.#closed) return;
    const entry = this.#next();
    if (entry === null) return;
    this.#waiting.delete(entry.key);
    this.#running = entry;
    void this.#take(entry).finally(() => {
      this.#running = null;
      this.#goOn();
    });
  }

  async #take(entry: Entry<T>): Promise<void> {
    try {
      entry.resolve(await this.#read(entry.name, this.#turnOf(entry)));
    } catch (error) {
      if (!entry.gaveWay || this.#closed) {
        entry.reject(entry.gaveWay ? stops() : error);
        return;
      }
      entry.gaveWay = false;
      this.#waiting.set(entry.key, entry);
    }
  }

  #turnOf(entry: Entry<T>): Turn {
    return {
      mustGiveWay: () => {
        entry.gaveWay ||= this.#closed || (!entry.urgent && this.#isUrgentWaiting());
        return entry.gaveWay;
      },
      isUrgent: () => entry.urgent,
    };
  }

  #next(): Entry<T> | null {
    let best: Entry<T> | null = null;
    for (const entry of this.#waiting.values()) if (best === null || comesBefore(entry, best)) best = entry;
    return best;
  }

  #isUrgentWaiting(): boolean {
    for (const { urgent } of this.#waiting.values()) if (urgent) return true;
    return false;
  }

  #refuse(): void {
    for (const { reject } of this.#waiting.values()) reject(stops());
    this.#waiting.clear();
  }
}

/** Names of backups say when they were written, by the clock of their scheduler. */
function comesBefore<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.urgent === other.urgent ? one.name > other.name : one.urgent;
}

function stops(): AuroraError {
  return new AuroraError({
    code: 'agent-stops',
    message: 'The agent stops.',
    hint: 'Ask again when it runs.',
  });
}
