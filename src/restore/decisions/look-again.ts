/** Somebody did what a stuck restore asked for; believed by nobody, looked at again. */

import type { OperationState, RestoreState } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import { judgeBarred, notStuck } from '../rules/refusals.ts';
import { actorOf, decision } from './decision.ts';

const lookAgainOrdered = event('look-again-ordered', { person: actor });

export const lookAgain = decision<unknown, unknown, typeof lookAgainOrdered>({
  wants: () => 'look again',
  may: ({ state, voter }) => {
    if (state.stuck === null) return notStuck;
    return voter.person.barred === null ? null : judgeBarred(voter.person.barred);
  },
  decide: ({ voter }) => [{ type: 'look-again-ordered', person: actorOf(voter.person) }],
  byAnybody: true,
  event: lookAgainOrdered,
  fold: (state) => {
    if (state.stuck === null) throw new Error('nothing is stuck');
    return { ...state, stuck: null, operations: markLookedAt(state.operations) };
  },
  told: ({ person }, as) => `${as.name(person)} had it look again`,
});

function markLookedAt(operations: RestoreState['operations']): RestoreState['operations'] {
  const marked = [...operations].map(([operationId, operation]): [string, OperationState] => [
    operationId,
    operation.result === null ? operation : { ...operation, lookedAt: true },
  ]);
  return new Map(marked);
}
