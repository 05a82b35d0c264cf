/** A worker that can be dropped between any two of its writes, as a process that is killed. */
import type { Documents, Journal, Lease, Leases } from '../../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';

/** Asked for each write: whether the worker dies right before or right after it. */
export type Death = (events: readonly RestoreEvent[]) => 'before' | 'after' | null;

/** The life of one worker. A dropped one neither hears nor says anything any more, as a killed process. */
export class Mortality {
  #alive = true;
  #appends = 0;
  readonly #dies: Death;
  readonly #death = Promise.withResolvers<void>();

  /** Dies before or after its `at`-th write, counted from 1, or where it is told for each write; else it does not. */
  constructor(dies: { at: number; when: 'before' | 'after' } | Death | null = null) {
    this.#dies = typeof dies === 'function' ? dies : () => (this.#appends === dies?.at ? dies.when : null);
  }

  /** Resolves when it has died. */
  get death(): Promise<void> {
    return this.#death.promise;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  die(): void {
    this.#alive = false;
    this.#death.resolve();
  }

  /** How often it has written. */
  get appends(): number {
    return this.#appends;
  }

  wrap<A extends readonly unknown[], T>(call: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return async (...args) => {
      if (!this.#alive) return await never<T>();
      try {
        return await this.#unlessDead(await call(...args));
      } catch (error) {
        if (!this.#alive) return await never<T>();
        throw error;
      }
    };
  }

  async #unlessDead<T>(value: T): Promise<T> {
    return this.#alive ? value : await never<T>();
  }

  wrapJournal(journal: Journal<RestoreEvent>): Journal<RestoreEvent> {
    const append: typeof journal.append = async (entry) => {
      this.#appends += 1;
      const death = this.#alive ? this.#dies(entry.events) : null;
      if (death === 'before') this.die();
      if (!this.#alive) return await never<Awaited<ReturnType<typeof journal.append>>>();
      const records = await journal.append(entry);
      if (death === 'after') this.die();
      return records;
    };
    return {
      open: this.wrap((restore) => journal.open(restore)),
      append: this.wrap(append),
      read: this.wrap((restoreId, afterSeq) => journal.read(restoreId, afterSeq)),
      listRestores: this.wrap((filter) => journal.listRestores(filter)),
      readSummaries: this.wrap((restoreIds) => journal.readSummaries(restoreIds)),
      keepSummary: this.wrap((kept) => journal.keepSummary(kept)),
      keyedFrom: this.wrap((restoreId) => journal.keyedFrom(restoreId)),
      nextRestoreId: this.wrap(() => journal.nextRestoreId()),
      onAppend: (listener) => journal.onAppend(listener),
    };
  }

  wrapDocuments(documents: Documents): Documents {
    return {
      save: this.wrap((document) => documents.save(document)),
      load: this.wrap((restoreId, name) => documents.load(restoreId, name)),
    };
  }

  wrapLeases(leases: Leases): Leases {
    return {
      acquire: this.wrap((request) => leases.acquire(request)),
      renew: this.wrap((lease: Lease, times) => leases.renew(lease, times)),
      release: this.wrap((lease) => leases.release(lease)),
    };
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
