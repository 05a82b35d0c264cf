/** The end of the second look, by one of the signers of the commit who is still an approver; not while going back is being decided. */

import type { GivenSignature } from '../../aurora/signatures.ts';
import { signedStatementSchema } from '../../aurora/statement.ts';
import { nextItem, type RestoreState } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import { isOver, notAnApprover, type Refusal, type Voter } from '../rules/gates.ts';
import { judgeKeys, prove, statementsToSign } from '../rules/proofs.ts';
import { judgeBarred, paused } from '../rules/refusals.ts';
import { judgeLook } from '../rules/second-look.ts';
import { actorOf, decision } from './decision.ts';

/** `person` is null when the policy's time limit let it go on. */
const releaseOrdered = event('release-ordered', {
  person: actor.nullable(),
  /** Their own signature, and what it is over. */
  signed: signedStatementSchema.exactOptional(),
});

interface Order {
  /** Over a statement that it may reconcile. */
  readonly signature?: GivenSignature;
}

const goingBack: Refusal = {
  code: 'going-back',
  message: 'Somebody has proposed to go back, and that is not decided yet.',
  hint: 'Decline going back first, then let it reconcile.',
};

/** Written by the worker as well, when the policy's time limit lets it go on. */
export const letReconcile = decision<unknown, Order, typeof releaseOrdered>({
  wants: () => 'let it reconcile',
  may: (asked) => {
    const { state, voter, now } = asked;
    const closed = judgeLook(state);
    if (closed !== null) return closed;
    if (state.paused !== null) return paused;
    const refusal = judgeLooker(state, voter);
    if (refusal !== null) return refusal;
    const gate = state.gates['go-back'];
    return gate?.status === 'open' && !isOver(state, { gate, now }) ? goingBack : judgeKeys(asked);
  },
  decide: (asked, order) => {
    const { state, voter, now } = asked;
    const statements = statementsToSign(state, { what: 'release', now });
    const proven = prove(asked, { statements, given: order.signature });
    if ('code' in proven) return proven;
    const { statement, proof } = proven;
    return [
      // A gate that is still open has run out by now, and that is not written down yet.
      ...(state.gates['go-back']?.status === 'open'
        ? [{ type: 'gate-expired' as const, gate: 'go-back' as const }]
        : []),
      {
        type: 'release-ordered',
        person: actorOf(voter.person),
        ...(statement !== null && proof !== null && { signed: { statement, proofs: [proof] } }),
      },
    ];
  },
  event: releaseOrdered,
  fold: (state, { person, signed }) => {
    const next = nextItem(state);
    if (next?.kind !== 'look' || state.look === null) throw new Error('no second look is open');
    if (state.gates['go-back']?.status === 'open') throw new Error('going back is not decided yet');
    return {
      ...state,
      look: { ...state.look, released: person ?? 'time', releaseSigned: signed ?? null },
      done: [...state.done, next],
    };
  },
  told: ({ person }, as) =>
    person === null
      ? 'the time of the second look ran out: it reconciled by itself'
      : `${as.name(person)} let it reconcile`,
});

function judgeLooker(state: RestoreState, voter: Voter): Refusal | null {
  const signers = (state.gates.commit?.signOffs ?? []).map(({ person }) => person);
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (signers.some(({ id }) => id === voter.person.id)) {
    if (voter.isApprover) return null;
    return notAnApprover(state, voter, {
      code: 'signer-fell',
      message: 'You signed the commit, but you are no longer an approver.',
      hint: 'Another signer can let it reconcile, or an approver can go back.',
    });
  }
  return {
    code: 'not-a-signer',
    message: 'Only one of those who signed the commit can let it reconcile.',
    hint: `Ask ${signers.map(({ name }) => name).join(' or ') || 'a signer'} to let it reconcile, or an approver to go back.`,
  };
}
