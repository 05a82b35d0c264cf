import { errorCodes, hasCode } from '../aurora/error-codes.ts';
import type { Journal, Lease, Recorded } from '../aurora/journal.ts';
import { endedOf, summaryOf } from './record/ended.ts';
import type { RestoreEvent } from './record/events.ts';
import { assertFollows, foldRecord } from './record/fold.ts';
import type { RestoreState } from './record/state.ts';

/** How often the same thing is decided anew because somebody was faster; more is a store that contradicts itself. */
export const appendsMax = 50;

/** What was decided on a state, at an instant; no events: nothing has to be written. */
interface Decided {
  readonly state: RestoreState;
  readonly at: number;
  readonly events: readonly RestoreEvent[];
}

/**
 * Decides and appends. `decide` is called again, with the number of the attempt, when the journal has moved on since the
 * state it decided on: it reads the newest one then. AuroraError `journal-moved` after too many of them.
 */
export async function appendDecided<D extends Decided>(
  to: { journal: Pick<Journal<RestoreEvent>, 'append'>; lease?: Lease },
  decide: (attempt: number) => Promise<D>,
): Promise<{ decided: D; records: readonly Recorded<RestoreEvent>[] }> {
  const { journal, lease } = to;
  for (let attempt = 1; ; attempt += 1) {
    const decided = await decide(attempt);
    const { state, at, events } = decided;
    if (events.length === 0) return { decided, records: [] };
    assertFollows(state, { events, at });
    try {
      const records = await journal.append({
        restoreId: state.restoreId,
        expectedSeq: state.seq,
        at,
        events,
        ...(lease === undefined ? {} : { lease }),
        ends: events.at(-1)?.type === 'restore-ended',
        summarise: (written) => {
          const ended = endedOf(written.reduce(foldRecord, state));
          return ended === null ? null : summaryOf(ended);
        },
      });
      return { decided, records };
    } catch (error) {
      if (!hasCode(error, errorCodes.journalMoved) || attempt === appendsMax) throw error;
    }
  }
}
