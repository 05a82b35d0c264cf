/**
 * What a person can decide about a restore, one file each beside this one: who may, what it leads to, what that does to the
 * state, and how it is told. Pure over the state, the person as Slack knows them at this moment, and the time, so that the
 * model tries every interleaving over the very code that runs. What is shown of it in Slack is in `src/slack/decisions`.
 */

import type { z } from 'zod';
import type { Person } from '../../aurora/people.ts';
import type { Happening } from '../record/happenings.ts';
import type { StagedTask } from '../record/staged-task.ts';
import type { RestoreState } from '../record/state.ts';
import type { Actor, event, GateName } from '../record/words.ts';
import type { Refusal, Voter } from '../rules/gates.ts';
import type { RosterSeen } from '../rules/proofs.ts';

/** On which state, by whom, when: what every judgement is handed. */
export interface Asked {
  readonly state: RestoreState;
  readonly voter: Voter;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What is staged; empty for decisions that do not read it. */
  readonly staged: readonly StagedTask[];
  /** Absent where the policy asks nobody for a signature of their own. */
  readonly roster?: RosterSeen;
}

/** Events in the order they are to be written, or why not; `E` is what the decision itself writes. */
export type Verdict<E> = Refusal | readonly (E | Happening)[];

/** True for a refusal. */
export function isRefusal(verdict: Refusal | readonly unknown[]): verdict is Refusal {
  return !Array.isArray(verdict);
}

type EventSchema = ReturnType<typeof event<string, z.ZodRawShape>>;

/** How the teller writes what it is told: a terminal, or Slack. */
export interface Wording {
  /** Somebody's own words, quoted. */
  quote(text: string): string;
  name(person: Actor): string;
  /** An instant, in milliseconds since the epoch. */
  time(ms: number): string;
  /** What only a record needs: empty where people read. */
  detail(text: string): string;
}

/** `About` is what a button knows, `Order` what a form adds to it, `E` what says that it was decided. */
interface Definition<About, Order, E extends EventSchema> {
  /** What was wanted, in the record of a refusal. */
  wants(about: About): string;
  /** Why this person cannot decide it now, whatever they would fill in; `null` when they may. */
  may(asked: Asked, about: About): Refusal | null;
  /** What it leads to, or what is wrong with what was filled in; asked only of who may. */
  decide(asked: Asked, order: About & Order): Verdict<z.infer<E>>;
  /** The event that says it was decided. */
  readonly event: E;
  /** What that does to the state. Throws when it cannot follow; `at` is the instant in the record. */
  fold(state: RestoreState, event: z.infer<E>, at: number): RestoreState;
  /** One line for reports and the record, without an end. */
  told(event: z.infer<E>, as: Wording): string;
  /** The gate whose signers are looked up once more before it is written. */
  readonly standsOn?: GateName;
  /** By anybody who is not barred: who is in which group is not asked. */
  readonly byAnybody?: true;
  /** It must not wait for Slack: somebody who acted in this restore before needs no answer of it. Only where that is the safe side. */
  readonly believesKnown?: true;
  /** It is judged by what is staged. */
  readonly readsStaged?: true;
}

export interface Decision<About, Order, E extends EventSchema> extends Definition<About, Order, E> {
  /** The whole judgement: `may`, then `decide`. */
  judge(asked: Asked, order: About & Order): Verdict<z.infer<E>>;
}

/** A decision by its parts. */
export function decision<About, Order, E extends EventSchema>(
  parts: Definition<About, Order, E>,
): Decision<About, Order, E> {
  return {
    ...parts,
    judge: (asked, order) => parts.may(asked, order) ?? parts.decide(asked, order),
  };
}

/** How somebody decided, to stand behind their name; empty for what came by Slack. Words of the journal: escape it. */
export function wayOf({ terminalKey }: Actor): string {
  return terminalKey === undefined ? '' : ` (in a terminal, with the key ${terminalKey})`;
}

/** The person as events name them. */
export function actorOf({ id, userId, displayName: name, terminalKey }: Person): Actor {
  return { id, userId, name, ...(terminalKey !== undefined && { terminalKey }) };
}
