/** More time for the second look, for anybody who is not barred. */
import { judgeBarred } from '../rules/refusals.ts';
import { judgeLook } from '../rules/second-look.ts';
import { actorOf, decision, type EventOf } from './decision.ts';

export const moreTime = decision<unknown, { readonly byMs: number }, EventOf<'look-extended'>>({
  wants: () => 'extend the second look',
  may: ({ state, voter }) =>
    judgeLook(state) ?? (voter.person.barred === null ? null : judgeBarred(voter.person.barred)),
  decide: ({ state, voter, now }, { byMs }) => {
    const until = Math.max(now, state.look?.until ?? now) + byMs;
    return [{ type: 'look-extended', person: actorOf(voter.person), until }];
  },
  event: 'look-extended',
  fold: (state, { until }) => {
    if (state.look === null) throw new Error('no second look is open');
    return { ...state, look: { ...state.look, until, stopped: false } };
  },
  told: ({ person, until }, as) =>
    `${as.name(person)} gave the second look more time, until ${as.time(until)}`,
});
