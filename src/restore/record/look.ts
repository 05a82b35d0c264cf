/** The time of the second look: its end cannot be undone, so nobody may meet it unawares. Parts of the fold, and pure. */
import type { Policy } from '../../aurora/cluster.ts';
import type { RestoreState } from './state.ts';

const graceMsDefault = 10 * 60_000;

/** The time that people have, once reminded, to say something before it reconciles by itself: the policy's, or half of a shorter look. */
export function graceOf(policy: Policy): number {
  return Math.min(policy.graceMs ?? graceMsDefault, policy.secondLookMs / 2);
}

/** The second look begins anew: somebody wanted to go back, and that came to nothing. */
export function withTimeAgain(state: RestoreState, at: number): RestoreState {
  const { look, proposal } = state;
  if (look === null || look.released !== null) return state;
  const { secondLookMs, graceMs = graceMsDefault } = proposal.policy;
  const until = Math.max(look.until, at + Math.max(secondLookMs, graceMs));
  return { ...state, look: { ...look, until, askedAt: at, remindedAt: null } };
}
