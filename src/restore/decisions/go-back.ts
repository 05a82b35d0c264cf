/**
 * Going back to the old state after the commit and before the first reconciliation: opens the gate that leads there and
 * signs it, or signs the one that is open. What is written is a gate and a sign-off like any other.
 */

import type { z } from 'zod';
import { printable } from '../../aurora/printable.ts';
import type { Happening } from '../record/happenings.ts';
import { type RestoreState, summaryOf } from '../record/state.ts';
import { digestOf } from '../rules/digest.ts';
import { isOver, judgePerson, judgeSigner, type Refusal, signersNeeded } from '../rules/gates.ts';
import { missingReason } from '../rules/refusals.ts';
import { judgeLook, mayGoBack, noLook } from '../rules/second-look.ts';
import { statementAfterCommit } from '../rules/statement.ts';
import { type Asked, actorOf, decision, type Verdict } from './decision.ts';
import { signOff } from './sign-off.ts';

const nothingCommitted: Refusal = {
  code: 'no-second-look',
  message: 'Nothing was committed, so there is nothing to go back from.',
  hint: 'Stop it instead: that puts everything back.',
};

const { event, fold, told } = signOff;
type SignedOff = z.infer<typeof event>;

export const goBack = decision<unknown, { readonly reason: string }, typeof event>({
  wants: () => 'go back',
  may: ({ state, voter, now }) => {
    if (!mayGoBack(state)) {
      const isUncommitted = state.phase === 'forward' && state.commitOrdered === null;
      return isUncommitted ? nothingCommitted : (judgeLook(state) ?? noLook);
    }
    const gate = state.gates['go-back'];
    return gate?.status === 'open' && !isOver(state, { gate, now })
      ? judgeSigner({ state, gate: 'go-back', digest: gate.digest, voter, now })
      : judgePerson({ state, gate: 'go-back', voter });
  },
  decide: (asked, order) =>
    printable(order.reason) === '' ? missingReason : open(asked, order.reason.trim()),
  event,
  fold,
  told,
});

function open({ state, voter, now }: Asked, reason: string): Verdict<SignedOff> {
  const { policy } = state.proposal;
  const gate = state.gates['go-back'];
  const signing = (digest: string): SignedOff => ({
    type: 'signed-off',
    gate: 'go-back',
    digest,
    person: actorOf(voter.person),
    comment: reason,
  });
  if (gate?.status === 'open' && !isOver(state, { gate, now })) return [signing(gate.digest)];
  const digest = goBackDigest(state);
  // The worker may not have written yet that the earlier one is over: its sign-offs must not live on in this one.
  const over: readonly Happening[] =
    gate?.status === 'open' ? [{ type: 'gate-expired', gate: 'go-back' }] : [];
  const needed = signersNeeded({ gate: 'go-back', policy, backupAgeMs: 0 });
  const statement = statementAfterCommit(state, { intent: 'go-back', digest, needed });
  return [
    ...over,
    {
      type: 'gate-opened',
      gate: 'go-back',
      digest,
      needed,
      expiresAt: now + policy.signOffTtlMs,
      ...(statement !== null && { statement }),
    },
    signing(digest),
  ];
}

/** What going back binds to: the same restore, the other way. */
function goBackDigest(state: RestoreState): string {
  const stagedSetDigest = summaryOf(state)?.stagedSetDigest ?? '';
  return digestOf(state, { intent: 'go-back', stagedSetDigest, deletions: [] });
}
