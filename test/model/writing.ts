/** Appends to the model's journal: the product folds, the ledger watches. */

import { isRefusal } from '../../src/restore/decisions/decision.ts';
import type { Judgement } from '../../src/restore/decisions/index.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { observe } from './ledger.ts';
import type { ModelState } from './model-state.ts';
import { voterOf, type World } from './world.ts';

/** A step of the model, and the promises it broke. */
export interface Move {
  readonly label: string;
  readonly next: ModelState;
  readonly breaches: readonly string[];
  /** Part of the shortest ways out: an abort, going back, mending, the worker's own work, time. */
  readonly helps: boolean;
}

/** Writes events that were decided at `decidedAt`, now; what cannot be replayed is a breach of its own. */
export function write(
  world: World,
  state: ModelState,
  entry: {
    label: string;
    events: readonly RestoreEvent[];
    decidedAt: number;
    /** The instant in the record; now when left out. */
    at?: number;
    helps?: boolean;
  },
): Move {
  const { now, fallen } = state;
  const requester = world.people[0]?.id ?? '';
  const isAllowed = (id: string): boolean => world.people.findIndex((person) => person.id === id) !== fallen;
  const at = entry.at ?? now;
  const breaches: string[] = [];
  let { restore, ledger } = state;
  for (const event of entry.events) {
    const seen = observe(ledger, event, { now, at, decidedAt: entry.decidedAt, requester, isAllowed });
    breaches.push(...seen.breaches);
    ledger = seen.ledger;
    try {
      const { restoreId, hash } = restore;
      restore = world.product.foldEvent(restore, { restoreId, seq: restore.seq + 1, at, event, hash });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      breaches.push(`the journal cannot be replayed any more: ${why}`);
      break;
    }
  }
  return {
    label: entry.label,
    next: { ...state, restore, ledger, held: null },
    breaches,
    helps: entry.helps ?? false,
  };
}

/**
 * Something was written while a decision on the state before was held: its write is refused and it is decided anew,
 * so the held one is gone. Yields also the late write where the journal lets it.
 */
export function* overtake(world: World, state: ModelState, move: Move): Generator<Move> {
  yield move;
  const { held } = state;
  if (held === null || !world.product.acceptsAppend(held.seq, move.next.restore.seq)) return;
  const late = write(world, move.next, {
    label: `${move.label}; then what was decided before is written`,
    events: held.events,
    decidedAt: held.decidedAt,
    ...(held.press === null ? {} : { at: held.decidedAt }),
  });
  yield { ...late, breaches: [...move.breaches, ...late.breaches] };
}

/** What this person would get as an answer now, whole as the service gives it: `null` when refused. */
export function decisionOf(
  world: World,
  state: ModelState,
  ask: { index: number; judge: (asked: Parameters<World['product']['judgeRelease']>[0]) => Judgement },
): readonly RestoreEvent[] | null {
  const person = world.people[ask.index];
  if (person === undefined) return null;
  const voter = voterOf(person, ask.index === state.fallen, ask.index);
  const verdict = ask.judge({ state: state.restore, voter, now: state.now, staged: [] });
  return isRefusal(verdict) ? null : verdict;
}
