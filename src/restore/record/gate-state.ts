/** A gate within the state. Parts of the fold, and pure. */

import type { Gate, RestoreState } from './state.ts';
import type { GateName } from './words.ts';

/** The state with this gate in its place. */
export function withGate(state: RestoreState, gate: Gate): RestoreState {
  return { ...state, gates: { ...state.gates, [gate.name]: gate } };
}

/** The open gate of this digest; throws when there is none. */
export function openGate(state: RestoreState, name: GateName, digest: string): Gate {
  const gate = state.gates[name];
  if (state.phase === 'undo') throw new Error(`gate ${name} is over: everything is put back`);
  if (gate?.status !== 'open') throw new Error(`gate ${name} is not open`);
  if (gate.digest !== digest) throw new Error(`gate ${name} is about another digest`);
  return gate;
}
