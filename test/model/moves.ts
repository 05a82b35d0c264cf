/** Everything that can happen next. */
import type { ModelState } from './model-state.ts';
import { peopleMoves } from './people-moves.ts';
import { workerMoves, worldMoves } from './worker-moves.ts';
import type { World } from './world.ts';
import type { Move } from './writing.ts';

/** What people press, what the worker does, what befalls them; nothing after the end. */
export function* allMoves(world: World, state: ModelState): Generator<Move> {
  if (state.restore.ended !== null) return;
  yield* peopleMoves(world, state, { helpful: false });
  yield* workerMoves(world, state);
  yield* worldMoves(world, state);
}

/** Those of them that are part of a way out. What would be thrown away is not made: these are looked for in every state. */
export function* helpfulMoves(world: World, state: ModelState): Generator<Move> {
  if (state.restore.ended !== null) return;
  yield* peopleMoves(world, state, { helpful: true });
  for (const move of workerMoves(world, state)) if (move.helps) yield move;
  for (const move of worldMoves(world, state)) if (move.helps) yield move;
}
