/**
 * Ends a restore that nobody can bring to its end: a host that is gone for good must not keep its cluster for ever. By an
 * approver who types the cluster's name, while it is stuck. Nothing is undone; what it is stuck on is in the end.
 */

import { z } from 'zod';
import { printable } from '../../aurora/printable.ts';
import { mayAbort } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import { notAnApprover, type Refusal } from '../rules/gates.ts';
import { judgeBarred, missingReason, notStuck, wrongName } from '../rules/refusals.ts';
import { mayGoBack } from '../rules/second-look.ts';
import { actorOf, decision } from './decision.ts';

/** It is stuck on what nobody can mend: the restore ends, and everything stays as it is. */
const abandonOrdered = event('abandon-ordered', { person: actor, reason: z.string() });

const putBackFirst: Refusal = {
  code: 'put-back-first',
  message: 'Everything can still be put back: do that first.',
  hint: 'Stop it or go back; only what then cannot be put back may be left as it is.',
};

export const abandon = decision<
  unknown,
  { readonly reason: string; readonly typedCluster: string },
  typeof abandonOrdered
>({
  wants: () => 'leave it as it is',
  may: ({ state, voter }) => {
    if (state.stuck === null) return notStuck;
    if (mayAbort(state) || mayGoBack(state)) return putBackFirst;
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    if (voter.isApprover) return null;
    return notAnApprover(state, voter, {
      code: 'not-an-approver',
      message: `Only an approver of \`${state.proposal.cluster}\` can leave it as it is.`,
      hint: 'Once what it waits for is done, anybody can press "I have done this: look again".',
    });
  },
  decide: ({ state, voter }, order) => {
    const reason = order.reason.trim();
    if (printable(reason) === '') return missingReason;
    return (
      wrongName(
        state.proposal.cluster,
        order.typedCluster,
        'Press the button again and type the name exactly.',
      ) ?? [
        { type: 'abandon-ordered', person: actorOf(voter.person), reason },
        {
          type: 'restore-ended',
          outcome: 'failed',
          message: `It was left as it is, stuck on: ${state.stuck?.message ?? ''} What it has changed on the hosts is not put back.`,
        },
      ]
    );
  },
  event: abandonOrdered,
  fold: (state) => {
    if (state.stuck === null) throw new Error('nothing is stuck');
    return state;
  },
  told: ({ person, reason }, as) => `${as.name(person)} left it as it is: ${as.quote(reason)}`,
});
