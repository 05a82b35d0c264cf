/** A decline ends a gate, by an approver or the requester, for as long as it could still be passed. */

import { z } from 'zod';
import { printable } from '../../aurora/printable.ts';
import { openGate, withGate } from '../record/gate-state.ts';
import { withTimeAgain } from '../record/look.ts';
import { actor, event, type GateName, gateName } from '../record/words.ts';
import { isOver, judgeStanding, notAnApprover, tooLate } from '../rules/gates.ts';
import { committedAlready, judgeBarred, missingReason } from '../rules/refusals.ts';
import { judgePhase } from '../rules/second-look.ts';
import { actorOf, decision } from './decision.ts';
import { gateWords } from './gate-words.ts';

const declined = event('declined', { gate: gateName, digest: z.string(), person: actor, reason: z.string() });

interface About {
  readonly gate: GateName;
  readonly digest: string;
}

export const decline = decision<About, { readonly reason: string }, typeof declined>({
  wants: ({ gate }) => `decline ${gate}`,
  may: ({ state, voter, now }, { gate, digest }) => {
    const over = judgePhase(state, gate);
    if (over !== null) return over;
    const open = judgeStanding(state.gates[gate], { name: gate, digest });
    if (open.refusal !== null) return open.refusal;
    if (isOver(state, { gate: open.gate, now })) return tooLate(gate);
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    if (!voter.isApprover && voter.person.id !== state.proposal.requester.id)
      return notAnApprover(state, voter);
    return gate === 'commit' && state.commitOrdered !== null ? committedAlready : null;
  },
  decide: ({ voter }, { gate, digest, reason }) =>
    printable(reason) === ''
      ? missingReason
      : [{ type: 'declined', gate, digest, person: actorOf(voter.person), reason: reason.trim() }],
  event: declined,
  fold: (state, event, at) => {
    const gate = openGate(state, event.gate, event.digest);
    if (event.gate === 'commit' && state.commitOrdered !== null) {
      throw new Error('a decline cannot follow the order to commit');
    }
    const over = withGate(state, { ...gate, status: 'declined', declinedBy: event.person });
    return event.gate === 'go-back' ? withTimeAgain(over, at) : over;
  },
  told: ({ gate, person, reason }, as) =>
    `${as.name(person)} declined ${gateWords[gate]}: ${as.quote(reason)}`,
});
