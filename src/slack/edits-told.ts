/** Has it recorded that somebody else edited a message of ours: of each message at most once in ten minutes. */
import type { Clock } from '../aurora/clock.ts';
import type { Log } from './log.ts';

/** Whoever edits again and again fills neither record nor thread. */
const againMs = 600_000;

interface EditsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly onEdited?: (edited: { restoreId: string; name: string }) => Promise<void>;
}

export class EditsTold {
  readonly #deps: EditsDeps;
  readonly #toldAt = new Map<string, number>();

  constructor(deps: EditsDeps) {
    this.#deps = deps;
  }

  /** Never rejects: what could not be recorded is tried again when it is seen again. */
  async tell(restoreId: string, names: readonly string[]): Promise<void> {
    const { clock, log, onEdited } = this.#deps;
    for (const name of names) {
      const key = `${restoreId}:${name}`;
      log('warn', { key }, 'somebody else has edited a message of ours; it is put right');
      const now = clock.now();
      if (now < (this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY) + againMs) continue;
      this.#toldAt.set(key, now);
      await onEdited?.({ restoreId, name }).catch((error: unknown) => {
        this.#toldAt.delete(key);
        log('warn', { err: error, key }, 'that it was edited could not be recorded');
      });
    }
  }
}
