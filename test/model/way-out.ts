/** From every state that has not ended there is a way out: until the release back to what was, after it to an end. */
import { keyOf, type ModelState } from './model-state.ts';
import { helpfulMoves } from './moves.ts';
import type { World } from './world.ts';

const furthest = 12;

/** Finds ways out, and remembers where one was found. */
export class WayOut {
  readonly #world: World;
  readonly #known = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** True when an abort or going back (after the release: an end) can be reached from here by what people may do. */
  exists(state: ModelState): boolean {
    return this.#search(state, { left: furthest, seen: new Map(), released: state.ledger.released });
  }

  #search(state: ModelState, hunt: { left: number; seen: Map<string, number>; released: boolean }): boolean {
    const { restore, ledger } = state;
    // Letting it reconcile is no way back.
    if (ledger.released !== hunt.released) return false;
    if (restore.ended !== null) return true;
    const key = keyOf(state);
    if (this.#known.has(key)) return true;
    if (hunt.left === 0 || (hunt.seen.get(key) ?? -1) >= hunt.left) return false;
    hunt.seen.set(key, hunt.left);
    // Declines and expiries are other ways out, and edits are none.
    for (const move of helpfulMoves(this.#world, state)) {
      const isOut =
        ledger.released || restore.phase === 'undo' ? move.next.restore.ended !== null : isUndone(move.next);
      if (!isOut && !this.#search(move.next, { ...hunt, left: hunt.left - 1 })) continue;
      this.#known.add(key);
      return true;
    }
    return false;
  }
}

function isUndone({ restore }: ModelState): boolean {
  return restore.phase === 'undo' || restore.ended?.outcome === 'undone';
}
