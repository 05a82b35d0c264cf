/** One restore's journal while it is worked on: read, decided, added to, one writer at a time. */
import { errorCodes, hasCode } from '../aurora/error-codes.ts';
import type { Lease, Recorded } from '../aurora/journal.ts';
import type { RestoreEvent } from './events.ts';
import { assertFollows, foldEvent } from './fold.ts';
import type { RestoreDeps } from './ports.ts';
import type { RestoreState } from './state.ts';

/** Thrown inside a step when an abort was ordered meanwhile: the step ends where it stands. */
export class StepInterrupted extends Error {
  constructor() {
    super('the restore took another turn');
    this.name = 'StepInterrupted';
  }
}

/** How often the same thing is decided anew because somebody was faster; more is a store that contradicts itself. */
export const appendsMax = 50;

/** The live end of one restore's journal: the newest state, and the only way to add to it. */
export class RestoreThread {
  readonly #deps: Pick<RestoreDeps, 'journal' | 'clock'>;
  readonly lease: Lease;
  #state: RestoreState;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: Pick<RestoreDeps, 'journal' | 'clock'>, lease: Lease, state: RestoreState) {
    this.#deps = deps;
    this.lease = lease;
    this.#state = state;
  }

  get state(): RestoreState {
    return this.#state;
  }

  /** Catches up with what others (people in Slack) have appended. */
  async refresh(): Promise<RestoreState> {
    return await this.#inTurn(async () => {
      await this.#catchUp();
      return this.#state;
    });
  }

  /**
   * Appends what `decide` answers for the newest state; when somebody was faster, reads and decides again.
   * `decide` answers an empty list to append nothing.
   */
  async append(decide: (state: RestoreState) => readonly RestoreEvent[]): Promise<RestoreState> {
    return await this.#inTurn(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const events = decide(this.#state);
        if (events.length === 0) return this.#state;
        const at = this.#deps.clock.now();
        assertFollows(this.#state, { events, at });
        try {
          const records = await this.#deps.journal.append({
            restoreId: this.#state.restoreId,
            expectedSeq: this.#state.seq,
            at,
            events,
            lease: this.lease,
            ends: events.at(-1)?.type === 'restore-ended',
          });
          this.#fold(records);
          return this.#state;
        } catch (error) {
          if (!hasCode(error, errorCodes.journalMoved) || attempt === appendsMax) throw error;
          await this.#catchUp();
        }
      }
    });
  }

  async #catchUp(): Promise<void> {
    this.#fold(await this.#deps.journal.read(this.#state.restoreId, this.#state.seq));
  }

  #fold(records: readonly Recorded<RestoreEvent>[]): void {
    for (const record of records) this.#state = foldEvent(this.#state, record);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
