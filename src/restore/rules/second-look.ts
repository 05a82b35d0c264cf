/** From the order to commit to the first reconciliation: what can be decided then, and why not. */

import { isBeforeRelease, nextItem, type RestoreState } from '../record/state.ts';
import type { GateName } from '../record/words.ts';
import type { Refusal } from './gates.ts';
import { undoAlready } from './refusals.ts';

export const noLook: Refusal = {
  code: 'no-second-look',
  message: 'The second look is not open yet.',
  hint: 'The card at the top of the thread says where it stands.',
};

/** True while going back can be proposed: at the second look, or stuck after the commit and before the release. */
export function mayGoBack(state: RestoreState): boolean {
  return isBeforeRelease(state) && (nextItem(state)?.kind === 'look' || state.stuck !== null);
}

/** Why nothing can be decided at the second look; `null` while it is open. */
export function judgeLook(state: RestoreState): Refusal | null {
  const { look } = state;
  if (state.phase === 'undo') return undoAlready;
  const released = look?.released ?? null;
  if (released !== null) return releasedAlready(released === 'time' ? null : released.name);
  return look === null || nextItem(state)?.kind !== 'look' ? noLook : null;
}

/** What no gate can change any more: everything is being put back, or it is too late for going back. */
export function judgePhase(state: RestoreState, gate: GateName): Refusal | null {
  if (state.phase === 'undo') return undoAlready;
  return gate === 'go-back' && state.look !== null && state.look.released !== null ? judgeLook(state) : null;
}

/** `by` is a person's name, or `null` when its time let it go on. */
function releasedAlready(by: string | null): Refusal {
  return {
    code: 'released-already',
    message: `The second look is over: ${by === null ? 'its time has run out' : `${by} has let it reconcile`}, and tasks are killed and started.`,
    hint: 'Wait for the end of this restore; going back is offered there, as another restore.',
  };
}
