/** Everything that can happen next. */
import type { ModelState } from './model-state.ts';
import { peopleMoves } from './people-moves.ts';
import { workerMoves, worldMoves } from './worker-moves.ts';
import type { World } from './world.ts';
import type { Move } from './writing.ts';

/** What people press, what the worker does, what befalls them; nothing after the end. */
export function* allMoves(world: World, state: ModelState): Generator<Move> {
  if (state.restore.ended !== null) return;
  yield* peopleMoves(world, state);
  yield* workerMoves(world, state);
  yield* worldMoves(world, state);
}
