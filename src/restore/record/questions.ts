/** That people were told once more of what waits for them: a reminder, or a call to others. Facts of the record and their fold. */
import { z } from 'zod';
import type { RestoreState } from './state.ts';
import { event, questionName } from './words.ts';

/** `planned` names it: it is said once for that instant. `until`, when it lapses or goes on by itself, if it does. */
export const reminded = event('reminded', {
  about: questionName,
  planned: z.number(),
  until: z.number().exactOptional(),
});
export type RemindedOf = z.infer<typeof reminded>;

/** Nobody has answered what was asked at `since` for the time of the policy: others are called. */
export const escalated = event('escalated', { about: questionName, since: z.number() });

/** The state in which that was said. */
export function applyCall(state: RestoreState, call: RemindedOf | z.infer<typeof escalated>): RestoreState {
  return call.type === 'reminded'
    ? { ...state, reminded: { ...state.reminded, [call.about]: call.planned } }
    : { ...state, escalated: { ...state.escalated, [call.about]: call.since } };
}
