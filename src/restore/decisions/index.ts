/** Everything people can decide about a restore, by name. Adding one: see CONTRIBUTING.md, "To add a decision". */
import type { RestoreEvent } from '../record/events.ts';
import { abandon } from './abandon.ts';
import { abort } from './abort.ts';
import { commit } from './commit.ts';
import type { Decision, EventOf } from './decision.ts';
import { decline } from './decline.ts';
import { goBack } from './go-back.ts';
import { leaveOut } from './leave-out.ts';
import { letReconcile } from './let-reconcile.ts';
import { lookAgain } from './look-again.ts';
import { moreTime } from './more-time.ts';
import { pause } from './pause.ts';
import { resume } from './resume.ts';
import { signOff } from './sign-off.ts';

export const decisions = Object.freeze({
  'sign-off': signOff,
  decline,
  commit,
  'leave-out': leaveOut,
  abort,
  pause,
  resume,
  'look-again': lookAgain,
  abandon,
  'let-reconcile': letReconcile,
  'more-time': moreTime,
  'go-back': goBack,
});

type Decisions = typeof decisions;
export type DecisionName = keyof Decisions;

/** What a button of the decision is about. */
export type AboutOf<N extends DecisionName> = Parameters<Decisions[N]['may']>[1];
/** What it takes to decide it. */
export type OrderOf<N extends DecisionName> = Parameters<Decisions[N]['judge']>[1];
/** What says that people have decided something. */
export type DecidedEvent = EventOf<Decisions[DecisionName]['event']>;

export type AnyDecision = Decision<unknown, unknown, DecidedEvent>;

/** Several decisions may write the same event: they say and do the same with it. */
const byEvent: ReadonlyMap<RestoreEvent['type'], DecisionName> = new Map(
  Object.entries(decisions)
    .map(([name, { event }]) => [event, name as DecisionName] as const)
    .reverse(),
);

export function isDecided(event: RestoreEvent): event is DecidedEvent {
  return byEvent.has(event.type);
}

/** Which decision an event says was taken. */
export function decisionName(event: DecidedEvent): DecisionName {
  const name = byEvent.get(event.type);
  if (name === undefined) throw new Error(`nobody decides ${event.type}`);
  return name;
}

/** The decision that an event says was taken. */
export function decisionOf(event: DecidedEvent): AnyDecision {
  return decisions[decisionName(event)] as AnyDecision;
}
