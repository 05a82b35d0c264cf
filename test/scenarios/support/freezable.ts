/** A bot replica that stands still at a write, as a process that is not scheduled, and goes on later as if nothing had been. */
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { Journal } from '../../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import { Mortality } from '../../restore/support/mortality.ts';

export class Freezable extends Mortality {
  readonly #freezesAt: (events: readonly RestoreEvent[]) => boolean;
  readonly #sleep: () => Promise<void>;
  #frozen: Promise<void> | null = null;
  /** Fences under which a write was refused: who holds such a lease knows that it is lost. */
  readonly #lost = new Set<number>();
  /** How often it stood still, and how often its late write was refused because the lease is somebody else's by then. */
  freezes = 0;
  refusals = 0;

  /** `sleep` is how long it stands still. */
  constructor(freezesAt: (events: readonly RestoreEvent[]) => boolean, sleep: () => Promise<void>) {
    super();
    this.#freezesAt = freezesAt;
    this.#sleep = sleep;
  }

  override wrap<A extends readonly unknown[], T>(
    call: (...args: A) => Promise<T>,
  ): (...args: A) => Promise<T> {
    return async (...args) => {
      await this.#frozen;
      const value = await call(...args);
      await this.#frozen;
      return value;
    };
  }

  override wrapJournal(journal: Journal<RestoreEvent>): Journal<RestoreEvent> {
    const append: typeof journal.append = async (entry) => {
      const fence = entry.lease?.fence ?? 0;
      if (this.#lost.has(fence) || !this.#freezesAt(entry.events)) return await journal.append(entry);
      this.freezes += 1;
      this.#frozen = this.#sleep();
      await this.#frozen;
      this.#frozen = null;
      try {
        return await journal.append(entry);
      } catch (error) {
        if (error instanceof AuroraError && error.code === 'lease-lost') {
          this.refusals += 1;
          this.#lost.add(fence);
        }
        throw error;
      }
    };
    return { ...super.wrapJournal(journal), append: this.wrap(append) };
  }
}
