/** Everything people can decide about a restore, by name. Adding one: see CONTRIBUTING.md, "To add a decision". */
import type { z } from 'zod';
import type { Happening } from '../record/happenings.ts';
import type { Refusal } from '../rules/gates.ts';
import { abandon } from './abandon.ts';
import { abort } from './abort.ts';
import { commit } from './commit.ts';
import type { Decision } from './decision.ts';
import { decline } from './decline.ts';
import { goBack } from './go-back.ts';
import { leaveOut } from './leave-out.ts';
import { letReconcile } from './let-reconcile.ts';
import { lookAgain } from './look-again.ts';
import { moreTime } from './more-time.ts';
import { openTraffic } from './open-traffic.ts';
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
  'open-traffic': openTraffic,
  'go-back': goBack,
});

type Decisions = typeof decisions;
export type DecisionName = keyof Decisions;

/** What a button of the decision is about. */
export type AboutOf<N extends DecisionName> = Parameters<Decisions[N]['may']>[1];
/** What it takes to decide it. */
export type OrderOf<N extends DecisionName> = Parameters<Decisions[N]['judge']>[1];
type DecidedSchema = Decisions[DecisionName]['event'];

/** What says that people have decided something: one schema each, though several decisions may write the same. */
export const decidedEvents: readonly DecidedSchema[] = [
  ...new Set(Object.values(decisions).map(({ event }) => event)),
];
export type DecidedBy<N extends DecisionName> = z.infer<Decisions[N]['event']>;
export type DecidedEvent = z.infer<DecidedSchema>;

/** Every event that a decision can lead to, in the order they are to be written, or why not. */
export type Judgement = Refusal | readonly (DecidedEvent | Happening)[];

export type AnyDecision = Decision<unknown, unknown, DecidedSchema>;

const byEvent: ReadonlyMap<string, DecisionName> = new Map(
  Object.entries(decisions)
    .map(([name, { event }]) => [event.unwrap().shape.type.value, name as DecisionName] as const)
    .reverse(),
);

export function isDecided(event: DecidedEvent | Happening): event is DecidedEvent {
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
