/** Who may pause a restore and who may resume it. Pure, as all judgements. */

import { judgeBarred, missingReason, notPaused, pausedAlready } from '../rules/refusals.ts';
import { type Asked, actorOf, type Judgement } from './judgements.ts';

/** Nothing new is begun from here on; what is under way comes to its end. By anybody who is not barred. */
export function judgePause({ state, voter }: Asked, order: { reason: string }): Judgement {
  const reason = order.reason.trim();
  if (reason === '') return missingReason;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (state.paused !== null) return pausedAlready;
  return [{ type: 'pause-ordered', person: actorOf(voter.person), reason }];
}

/** By an approver. */
export function judgeResume({ state, voter }: Asked): Judgement {
  if (state.paused === null) return notPaused;
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (!voter.isApprover) {
    return {
      code: 'not-an-approver',
      message: `Only an approver of \`${state.proposal.cluster}\` can resume it.`,
      hint: 'Anybody can stop it and put everything back.',
    };
  }
  return [{ type: 'resume-ordered', person: actorOf(voter.person) }];
}
