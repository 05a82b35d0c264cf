/** Who may end a restore that nobody can bring to its end: a host that is gone for good must not keep its cluster for ever. */

import { mayAbort } from '../record/state.ts';
import { judgeBarred, missingReason, notStuck, putBackFirst } from '../rules/refusals.ts';
import { type Asked, actorOf, type Judgement, mayGoBack } from './judgements.ts';

/** By an approver who types the cluster's name, while it is stuck. Nothing is undone; what it is stuck on is in the end. */
export function judgeAbandon(
  { state, voter }: Asked,
  order: { reason: string; typedCluster: string },
): Judgement {
  const reason = order.reason.trim();
  const { cluster } = state.proposal;
  if (state.stuck === null) return notStuck;
  if (mayAbort(state) || mayGoBack(state)) return putBackFirst;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (!voter.isApprover) {
    return {
      code: 'not-an-approver',
      message: `Only an approver of \`${cluster}\` can leave it as it is.`,
      hint: 'Anybody can say that what it waits for was done: press "I have done this: look again".',
    };
  }
  if (reason === '') return missingReason;
  if (order.typedCluster.trim() !== cluster) {
    return {
      code: 'wrong-name',
      message: `You typed "${order.typedCluster.trim().slice(0, 60)}"; the cluster is called \`${cluster}\`.`,
      hint: 'Press the button again and type the name exactly.',
    };
  }
  return [
    { type: 'abandon-ordered', person: actorOf(voter.person), reason },
    {
      type: 'restore-ended',
      outcome: 'failed',
      message: `It was left as it is, stuck on: ${state.stuck.message} What it has changed on the hosts is not put back.`,
    },
  ];
}
