/** One restore's journal while it is worked on: read, decided, added to, one writer at a time. */
import type { Lease, Recorded } from '../../aurora/journal.ts';
import { appendDecided } from '../append.ts';
import type { LostHistory } from '../looks/lost-history.ts';
import type { RestoreDeps } from '../ports.ts';
import type { RestoreEvent } from '../record/events.ts';
import { foldRecord } from '../record/fold.ts';
import type { RestoreState } from '../record/state.ts';

/** Thrown inside a step when an abort was ordered meanwhile: the step ends where it stands. */
export class StepInterrupted extends Error {
  constructor() {
    super('the restore changed course');
    this.name = 'StepInterrupted';
  }
}

/** The live end of one restore's journal: the newest state, and the only way to add to it. */
export class RestoreThread {
  readonly #deps: Pick<RestoreDeps, 'journal' | 'clock'>;
  readonly lease: Lease;
  /** By host, what its agent was shown that is not in this journal, and whether it takes its head with a grant. */
  readonly compared = new Map<string, { readonly lost: LostHistory | null; readonly takesHead: boolean }>();
  comparing: Promise<unknown> | null = null;
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
      const { journal, clock } = this.#deps;
      const { records } = await appendDecided({ journal, lease: this.lease }, async (attempt) => {
        if (attempt > 1) await this.#catchUp();
        return { state: this.#state, at: clock.now(), events: decide(this.#state) };
      });
      this.#fold(records);
      return this.#state;
    });
  }

  async #catchUp(): Promise<void> {
    this.#fold(await this.#deps.journal.read(this.#state.restoreId, this.#state.seq));
  }

  #fold(records: readonly Recorded<RestoreEvent>[]): void {
    for (const record of records) this.#state = foldRecord(this.#state, record);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
