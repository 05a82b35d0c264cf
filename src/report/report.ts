/**
 * What a restore was, for the post-mortem: one value, folded from its journal, that every form of the report is written from. Pure. All
 * texts are as they were written: whoever renders them escapes them.
 */
import type { Recorded } from '../aurora/journal.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { type LeftWork, leftWorkOf } from '../restore/record/left-work.ts';
import { type Edit, type RestoreState, restoredAgeMs, summaryOf } from '../restore/record/state.ts';
import type { Proposal } from '../restore/record/words.ts';
import { type Happened, happenedIn } from './happened.ts';
import { replay } from './replayed.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import { type Trouble, troublesIn } from './troubles.ts';
import { type Words, wordsIn } from './words-said.ts';

export interface Effects {
  /** When the number was made, such as `Predicted before the stop`. */
  readonly when: string;
  readonly killed: number;
  readonly rescheduled: number;
  readonly kept: number;
}

export interface Report {
  readonly restoreId: string;
  readonly proposal: Proposal;
  /** Instants are milliseconds since the epoch. */
  readonly proposedAt: number;
  /** When the first scheduler was stopped; `null` when none was. */
  readonly stoppedAt: number | null;
  readonly ended: RestoreState['ended'];
  /** What was restored, as it was looked at; `null` before that, and where no backup was. */
  readonly backup: {
    readonly takenAtMs: number | null;
    readonly ageMs: number;
    readonly tasks: number;
    readonly jobs: number;
  } | null;
  readonly effects: readonly Effects[];
  /** `null` where nothing was compared. */
  readonly asPredicted: boolean | null;
  readonly differences: readonly string[];
  readonly leftOut: readonly Edit[];
  /** Who decided what, and what happened beside it, oldest first. */
  readonly happened: readonly Happened[];
  readonly troubles: readonly Trouble[];
  /** From the proposal to the end, or to the newest event, without a gap. */
  readonly stretches: readonly Stretch[];
  /** What people said in the thread, oldest first. */
  readonly words: readonly Words[];
  readonly left: readonly LeftWork[];
  readonly record: { readonly events: number; readonly hash: string };
}

/** The report of a whole journal, or of one as far as it goes. Throws on an empty one, and `JournalUnreadable` as the fold does. */
export function reportOf(records: readonly Recorded<RestoreEvent>[]): Report {
  const replayed = replay(records);
  const state = replayed.states.at(-1);
  if (state === undefined) throw new Error('a journal starts with restore-proposed');
  const { soak } = state.facts;
  return {
    restoreId: state.restoreId,
    proposal: state.proposal,
    proposedAt: state.proposedAt,
    stoppedAt: state.runs['stop-schedulers']?.startedAt ?? null,
    ended: state.ended,
    backup: backupOf(state),
    effects: effectsOf(state),
    asPredicted: soak?.asPredicted ?? null,
    differences: soak?.differences ?? [],
    leftOut: state.edits,
    happened: happenedIn(records),
    troubles: troublesIn(replayed),
    stretches: stretchesOf(replayed),
    words: wordsIn(records),
    left: leftWorkOf(state),
    record: { events: records.length, hash: state.hash },
  };
}

function backupOf(state: RestoreState): Report['backup'] {
  const chosen = state.facts['choose-backup']?.report;
  if (chosen === undefined) return null;
  const { timestampMs: takenAtMs, tasks, jobs } = chosen;
  return { takenAtMs, tasks: tasks.total, jobs, ageMs: restoredAgeMs(state) };
}

function effectsOf(state: RestoreState): Effects[] {
  const { preview, soak } = state.facts;
  const signed = summaryOf(state)?.blast;
  return [
    ...(preview === undefined ? [] : [{ when: 'Predicted before the stop', ...preview.blast }]),
    ...(signed === undefined ? [] : [{ when: 'Predicted at the commit, and signed', ...signed }]),
    ...(soak === undefined ? [] : [{ when: 'Seen afterwards', ...soak.observed }]),
  ].map(({ when, killed, rescheduled, kept }) => ({ when, killed, rescheduled, kept }));
}
