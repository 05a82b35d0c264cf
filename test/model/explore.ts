/**
 * Breadth first over everything that can happen, from every scene at once, so that the first broken promise that is
 * found has the shortest trace. States that behave alike are visited once.
 */
import { keyOf, type ModelState } from './model-state.ts';
import { allMoves } from './moves.ts';
import { stateBreaches } from './rules.ts';
import { createScenes } from './scenes.ts';
import { WayOut } from './way-out.ts';
import type { World } from './world.ts';

export interface Violation {
  readonly scene: string;
  /** What happened, in order, with the tick at which it did. */
  readonly trace: readonly { readonly tick: number; readonly label: string }[];
  readonly breaches: readonly string[];
}

export interface Exploration {
  readonly depth: number;
  /** Distinct states, the deepest layer included. */
  readonly states: number;
  readonly violation: Violation | null;
}

interface Node {
  readonly state: ModelState;
  readonly parent: Node | null;
  readonly label: string;
}

/** Explores to `depth` moves; `onLayer` is told how many states each layer added. Stops at the first broken promise. */
export function explore(
  world: World,
  bounds: { depth: number; onLayer?: (layer: number, states: number) => void },
): Exploration {
  const wayOut = new WayOut(world);
  const seen = new Set<string>();
  let layer: Node[] = [];
  const violationAt = (node: Node, breaches: readonly string[]): Exploration => ({
    depth: bounds.depth,
    states: seen.size,
    violation: { ...traceOf(node), breaches },
  });
  for (const { name, state } of createScenes(world)) {
    layer.push({ state, parent: null, label: name });
    seen.add(keyOf(state));
  }
  for (let depth = 0; depth <= bounds.depth; depth += 1) {
    const following: Node[] = [];
    for (const node of layer) {
      const broken = stateBreaches(world, node.state, wayOut);
      if (broken.length > 0) return violationAt(node, broken);
      if (depth === bounds.depth) continue;
      for (const move of allMoves(world, node.state)) {
        const next: Node = { state: move.next, parent: node, label: move.label };
        if (move.breaches.length > 0) return violationAt(next, move.breaches);
        const key = keyOf(move.next);
        if (seen.has(key)) continue;
        seen.add(key);
        following.push(next);
      }
    }
    bounds.onLayer?.(depth, layer.length);
    layer = following;
  }
  return { depth: bounds.depth, states: seen.size, violation: null };
}

function traceOf(node: Node): { scene: string; trace: { tick: number; label: string }[] } {
  const trace: { tick: number; label: string }[] = [];
  let at: Node = node;
  while (at.parent !== null) {
    trace.unshift({ tick: at.parent.state.now, label: at.label });
    at = at.parent;
  }
  const begin = at.state.now;
  return { scene: at.label, trace: trace.map((step) => ({ ...step, tick: step.tick - begin })) };
}
