/** Rewinds of a restore: back to a step or a gate that was passed, and to undoing. Parts of the fold, and pure. */
import type { StepName } from './facts.ts';
import { withGate } from './gate-state.ts';
import { forwardPlanOf, type OperationState, type RestoreState } from './state.ts';

/** From here on everything is put back. */
export function enterUndo(state: RestoreState, undoReason: 'abort' | 'go-back'): RestoreState {
  return { ...state, phase: 'undo', undoReason, done: [], current: null, stuck: null, paused: null };
}

/** The requester, and whoever has edited what is signed; each once. */
export function authorsOf(state: RestoreState): readonly string[] {
  return [
    ...new Set([state.proposal.requester, ...state.edits.map((edit) => edit.person)].map(({ id }) => id)),
  ];
}

/** Begins once more with a step that was reached: it and what follows is not done, and has found out nothing. */
export function rewindTo(state: RestoreState, to: StepName): RestoreState {
  if (state.phase === 'undo') throw new Error('everything is already being put back');
  const plan = forwardPlanOf(state);
  const index = plan.findIndex((item) => item.kind === 'step' && item.name === to);
  if (index === -1 || index > state.done.length) throw new Error(`${to} was not reached`);
  const again = new Set(plan.slice(index).map((item) => item.name));
  const facts = Object.fromEntries(
    Object.entries(state.facts).filter(([name]) => !again.has(name as StepName)),
  ) as RestoreState['facts'];
  const operations = new Map(
    [...state.operations].map(([operationId, operation]): [string, OperationState] => [
      operationId,
      again.has(operation.step) ? { ...operation, takenBack: true } : operation,
    ]),
  );
  const done = state.done.slice(0, index);
  return withoutOrder({ ...state, done, facts, operations, current: null, stuck: null });
}

/** Back to the commit gate, from it or from a commit that was not sent. */
export function rewindToGate(state: RestoreState): RestoreState {
  if (state.phase === 'undo') throw new Error('everything is already being put back');
  const index = forwardPlanOf(state).findIndex((item) => item.kind === 'gate' && item.name === 'commit');
  if (index === -1 || index > state.done.length) throw new Error('the commit gate was not reached');
  return withoutOrder({ ...state, done: state.done.slice(0, index), current: null });
}

/** Before an order an abort puts everything back: going back, which undoes a commit, is no question any more. */
function withoutOrder(state: RestoreState): RestoreState {
  const goBack = state.gates['go-back'];
  const next = { ...state, commitOrdered: null };
  return goBack?.status === 'open'
    ? withGate(next, { ...goBack, status: 'expired', voided: 'The commit no longer applies.' })
    : next;
}

/** What was signed does not count any more, and `why` is a sentence; whoever still wants it signs again. */
export function withoutSignOffs(state: RestoreState, why: string): RestoreState {
  const gate = state.gates.commit;
  // A decline stands whatever else happens: the gate ends the restore when it is reached.
  if (gate === undefined || gate.status === 'declined') return state;
  return withGate(state, { ...gate, status: 'expired', signOffs: [], voided: why });
}

/** The order is taken back and the signatures are not: they stand if it comes to the same digest again. */
export function reopened(state: RestoreState): RestoreState {
  const gate = state.gates.commit;
  return gate?.status === 'passed' ? withGate(state, { ...gate, status: 'open' }) : state;
}
