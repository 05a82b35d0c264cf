import type { Recorded } from '../aurora/journal.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { foldRecord } from '../restore/record/fold.ts';
import type { RestoreState } from '../restore/record/state.ts';

/** A journal, and the state after each of its events. */
export interface Replayed {
  readonly records: readonly Recorded<RestoreEvent>[];
  readonly states: readonly RestoreState[];
}

/** Throws as `foldRecord` does. */
export function replay(records: readonly Recorded<RestoreEvent>[]): Replayed {
  const states: RestoreState[] = [];
  for (const record of records) states.push(foldRecord(states.at(-1) ?? null, record));
  return { records, states };
}
