/** Nothing new is begun from here on; what is under way comes to its end. By anybody who is not barred. */

import { z } from 'zod';
import { printable } from '../../aurora/printable.ts';
import { actor, event } from '../record/words.ts';
import type { Refusal } from '../rules/gates.ts';
import { judgeBarred, missingReason } from '../rules/refusals.ts';
import { actorOf, decision } from './decision.ts';

const pauseOrdered = event('pause-ordered', { person: actor, reason: z.string() });

const pausedAlready: Refusal = {
  code: 'paused-already',
  message: 'This restore is already paused.',
  hint: 'An approver resumes it, or anybody stops it and puts everything back.',
};

export const pause = decision<unknown, { readonly reason: string }, typeof pauseOrdered>({
  wants: () => 'pause',
  may: ({ state, voter }) => {
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    return state.paused === null ? null : pausedAlready;
  },
  decide: ({ voter }, { reason }) =>
    printable(reason) === ''
      ? missingReason
      : [{ type: 'pause-ordered', person: actorOf(voter.person), reason: reason.trim() }],
  byAnybody: true,
  believesKnown: true,
  event: pauseOrdered,
  fold: (state, { person, reason }, at) => {
    if (state.paused !== null) throw new Error('it is already paused');
    return { ...state, paused: { person, reason, at } };
  },
  told: ({ person, reason }, as) => `${as.name(person)} paused it: ${as.quote(reason)}`,
});
