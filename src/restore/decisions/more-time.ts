/** More time for the second look, for anybody who is not barred. */
import { z } from 'zod';
import type { RestoreState } from '../record/state.ts';
import { actor, event } from '../record/words.ts';
import { judgeBarred } from '../rules/refusals.ts';
import { judgeLook } from '../rules/second-look.ts';
import { actorOf, decision } from './decision.ts';

const lookExtended = event('look-extended', { person: actor, until: z.number() });

export const moreTime = decision<unknown, { readonly byMs: number }, typeof lookExtended>({
  wants: () => 'extend the second look',
  may: ({ state, voter }) =>
    judgeLook(state) ?? (voter.person.barred === null ? null : judgeBarred(voter.person.barred)),
  decide: ({ state, voter, now }, { byMs }) => {
    return [
      { type: 'look-extended', person: actorOf(voter.person), until: extendedTo(state, { now, byMs }) },
    ];
  },
  byAnybody: true,
  event: lookExtended,
  fold: (state, { until }, at) => {
    if (state.look === null) throw new Error('no second look is open');
    return { ...state, look: { ...state.look, until, askedAt: at, remindedAt: null, stopped: false } };
  },
  told: ({ person, until }, as) =>
    `${as.name(person)} gave the second look more time, until ${as.time(until)}`,
});

/** When it would end then: counted from its end, and from now once that has passed. */
export function extendedTo({ look }: RestoreState, { now, byMs }: { now: number; byMs: number }): number {
  return Math.max(now, look?.until ?? now) + byMs;
}
