/** A paused restore continues where it was. By an approver. */
import { actor, event } from '../record/words.ts';
import { notAnApprover, type Refusal } from '../rules/gates.ts';
import { judgeBarred } from '../rules/refusals.ts';
import { actorOf, decision } from './decision.ts';

const resumeOrdered = event('resume-ordered', { person: actor });

const notPaused: Refusal = {
  code: 'not-paused',
  message: 'This restore is not paused.',
  hint: 'The card shows where it stands.',
};

export const resume = decision<unknown, unknown, typeof resumeOrdered>({
  wants: () => 'resume',
  may: ({ state, voter }) => {
    if (state.paused === null) return notPaused;
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    if (voter.isApprover) return null;
    return notAnApprover(state, voter, {
      code: 'not-an-approver',
      message: `Only an approver of \`${state.proposal.cluster}\` can resume it.`,
      hint: 'Anybody can stop it and put everything back.',
    });
  },
  decide: ({ voter }) => [{ type: 'resume-ordered', person: actorOf(voter.person) }],
  event: resumeOrdered,
  fold: (state, _event, at) => {
    if (state.paused === null) throw new Error('it is not paused');
    // The time to look is not spent by a pause.
    const { look } = state;
    return {
      ...state,
      paused: null,
      look:
        look === null
          ? null
          : { ...look, until: look.until + (at - state.paused.at), askedAt: at, remindedAt: null },
    };
  },
  told: ({ person }, as) => `${as.name(person)} resumed it`,
});
