/**
 * Going back to the old state after the commit and before the first reconciliation: opens the gate that leads there and
 * signs it, or signs the one that is open. What is written is a gate and a sign-off like any other.
 */

import type { z } from 'zod';
import { printable } from '../../aurora/printable.ts';
import type { GivenSignature } from '../../aurora/signatures.ts';
import type { Happening } from '../record/happenings.ts';
import { isOver, judgePerson, judgeSigner, type Refusal, signersNeeded } from '../rules/gates.ts';
import { goBackDigest, judgeKeys, prove, statementsToSign } from '../rules/proofs.ts';
import { missingReason } from '../rules/refusals.ts';
import { judgeLook, mayGoBack, noLook } from '../rules/second-look.ts';
import { type Asked, actorOf, decision, type Verdict } from './decision.ts';
import { signOff } from './sign-off.ts';

const nothingCommitted: Refusal = {
  code: 'no-second-look',
  message: 'Nothing was committed, so there is nothing to go back from.',
  hint: 'Stop it instead: that puts everything back.',
};

const { event, fold, told } = signOff;
type SignedOff = z.infer<typeof event>;

interface Order {
  readonly reason: string;
  /** Over the statement of the gate, or of the one that this opens. */
  readonly signature?: GivenSignature;
}

export const goBack = decision<unknown, Order, typeof event>({
  wants: () => 'go back',
  may: (asked) => {
    const { state, voter, now } = asked;
    if (!mayGoBack(state)) {
      const isUncommitted = state.phase === 'forward' && state.commitOrdered === null;
      return isUncommitted ? nothingCommitted : (judgeLook(state) ?? noLook);
    }
    const gate = state.gates['go-back'];
    const refusal =
      gate?.status === 'open' && !isOver(state, { gate, now })
        ? judgeSigner({ state, gate: 'go-back', digest: gate.digest, voter, now })
        : judgePerson({ state, gate: 'go-back', voter });
    return refusal ?? judgeKeys(asked);
  },
  decide: (asked, order) => (printable(order.reason) === '' ? missingReason : open(asked, order)),
  event,
  fold,
  told,
});

function open(asked: Asked, order: Order): Verdict<SignedOff> {
  const { state, voter, now } = asked;
  const { policy } = state.proposal;
  const gate = state.gates['go-back'];
  const isOpen = gate?.status === 'open' && !isOver(state, { gate, now });
  // The worker may not have written yet that the earlier one is over: its sign-offs must not live on in this one.
  const over: readonly Happening[] =
    gate?.status === 'open' && !isOpen ? [{ type: 'gate-expired', gate: 'go-back' }] : [];
  const statements = statementsToSign(state, { what: 'go-back', now });
  const proven = prove(asked, { statements, given: order.signature });
  if ('code' in proven) return proven;
  const { statement, proof } = proven;
  const digest = isOpen ? gate.digest : goBackDigest(state);
  const signing: SignedOff = {
    type: 'signed-off',
    gate: 'go-back',
    digest,
    person: actorOf(voter.person),
    comment: order.reason.trim(),
    ...(proof !== null && { proof }),
  };
  if (isOpen) return [signing];
  return [
    ...over,
    {
      type: 'gate-opened',
      gate: 'go-back',
      digest,
      needed: signersNeeded({ gate: 'go-back', policy, backupAgeMs: 0 }),
      expiresAt: now + policy.signOffTtlMs,
      ...(statement !== null && { statement }),
    },
    signing,
  ];
}
