/** Where the time of a restore went: the bot's work step by step, and waiting for people apart. */
import { nextItem, type RestoreState } from '../restore/record/state.ts';
import { mayGoBack } from '../restore/rules/second-look.ts';
import { titleOf, titleOfStep } from '../restore/steps/index.ts';
import type { Replayed } from './replayed.ts';

/** What goes on meanwhile, from the one that needs nobody to the one that needs somebody most. */
export const doings = ['work', 'people', 'paused', 'stuck'] as const;
export type Doing = (typeof doings)[number];

export interface Stretch {
  readonly doing: Doing;
  /** What was done, or what people were waited for. */
  readonly what: string;
  readonly from: number;
  /** Later than `from`. */
  readonly to: number;
}

/** Without a gap, each different from the one before it. */
export function stretchesOf({ records, states }: Replayed): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, state] of states.entries()) {
    const from = records[index]?.at ?? 0;
    const to = records[index + 1]?.at ?? from;
    // Clocks are put right: time that went backwards is nobody's.
    if (state.ended !== null || to <= from) continue;
    const now = { ...doingIn(state), from, to };
    const last = stretches.at(-1);
    if (last?.doing === now.doing && last.what === now.what)
      stretches[stretches.length - 1] = { ...last, to };
    else stretches.push(now);
  }
  return stretches;
}

/** By what goes on, in milliseconds. */
export function totalsOf(stretches: readonly Stretch[]): Readonly<Record<Doing, number>> {
  const totals = { work: 0, people: 0, paused: 0, stuck: 0 };
  for (const { doing, from, to } of stretches) totals[doing] += to - from;
  return totals;
}

function doingIn(state: RestoreState): Pick<Stretch, 'doing' | 'what'> {
  const { current, gates, look, paused, stuck } = state;
  if (gates['go-back']?.status === 'open' && mayGoBack(state))
    return { doing: 'people', what: 'Sign-offs for going back' };
  if (stuck !== null) return { doing: 'stuck', what: titleOfStep(stuck.step) };
  if (current !== null) return { doing: 'work', what: titleOfStep(current) };
  if (paused !== null) return { doing: 'paused', what: `Paused by ${paused.person.name}` };
  const next = nextItem(state);
  if (next?.kind === 'look' && look !== null && look.released === null)
    return { doing: 'people', what: 'Second look' };
  if (next?.kind === 'gate' && gates[next.name]?.status === 'open' && state.commitOrdered === null)
    return {
      doing: 'people',
      what: next.name === 'stop' ? 'Approval of the stop' : 'Sign-offs and the order to commit',
    };
  return { doing: 'work', what: next === null ? 'Ending' : titleOf(next) };
}
