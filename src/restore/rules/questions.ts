/**
 * What people are waited for: since when, until when, and when they are told of it again. Pure. A reminder has the instant it was
 * planned for as its name, so that each is said once, whoever is killed in between.
 */
import type { Happening } from '../record/happenings.ts';
import { graceOf } from '../record/look.ts';
import type { RemindedOf } from '../record/questions.ts';
import { nextItem, type RestoreState } from '../record/state.ts';
import type { QuestionName } from '../record/words.ts';
import { judgeGate, livingSignOffs } from './gates.ts';
import { mayGoBack } from './second-look.ts';

/** Something that only a person can answer. */
export interface Question {
  readonly about: QuestionName;
  /** When it was last asked, or last heard an answer. */
  readonly since: number;
  /** When it lapses, or goes on by itself; `null` when it waits for a person, however long. */
  readonly until: number | null;
}

/** Before something lapses or goes on by itself, in milliseconds. */
const leadsMs = [10 * 60_000, 2 * 60_000];

/** Whoever was asked a moment ago has not forgotten it. */
const askedJustNowMs = 60_000;

/** What has no end is asked again after one, three, seven … times the second look, and then no more. */
const asksAgainMax = 8;

/** What is open at `now`, the most urgent first. */
export function openQuestions(state: RestoreState, now: number): readonly Question[] {
  if (state.ended !== null) return [];
  const { stuck, paused } = state;
  const goBack = state.gates['go-back'];
  const isGoingBack = goBack?.status === 'open' && mayGoBack(state);
  return [
    ...(isGoingBack ? [{ about: 'go-back' as const, since: goBack.openedAt, until: goBack.expiresAt }] : []),
    ...(stuck === null ? [] : [{ about: 'stuck' as const, since: stuck.at, until: null }]),
    ...(stuck === null ? gateQuestions(state, now) : []),
    ...(paused === null ? [] : [{ about: 'paused' as const, since: paused.at, until: null }]),
    ...(stuck === null && paused === null && !isGoingBack ? lookQuestions(state) : []),
  ];
}

function gateQuestions(state: RestoreState, now: number): readonly Question[] {
  const item = nextItem(state);
  if (item?.kind !== 'gate' || state.commitOrdered !== null) return [];
  const gate = state.gates[item.name];
  if (gate?.status !== 'open') return [];
  const { policy } = state.proposal;
  if (item.name === 'commit' && judgeGate(gate, { policy, now }).kind === 'satisfied') {
    const signedAt = Math.max(...livingSignOffs(gate, { policy, now }).map(({ at }) => at));
    // Sign-offs that were kept count from when they were given, and the question is as old as its newest opening.
    const since = Math.max(signedAt, gate.openedAt);
    return [{ about: 'commit-order', since, until: signedAt + policy.commitWindowMs }];
  }
  return [{ about: item.name, since: gate.openedAt, until: gate.expiresAt }];
}

function lookQuestions({ look, proposal }: RestoreState): readonly Question[] {
  if (look === null || look.released !== null) return [];
  const endsByItself = proposal.policy.release !== 'people' && !look.stopped;
  return [{ about: 'look', since: look.askedAt, until: endsByItself ? look.until : null }];
}

/** Reminders and calls for help that are due: each is written once. */
export function dueCalls(state: RestoreState, now: number): readonly Happening[] {
  return openQuestions(state, now).flatMap((question) => [
    ...dueReminder(state, { question, now }),
    ...dueEscalation(state, { question, now }),
  ]);
}

/** When the next of them is due; `null` when none is to come. */
export function nextCallAt(state: RestoreState, now: number): number | null {
  const times = openQuestions(state, now)
    .flatMap((question) => [...plannedReminders(state, question), ...plannedEscalation(state, question)])
    .filter((at) => at > now);
  return times.length === 0 ? null : Math.min(...times);
}

/** Of those that were missed only the last one is said: the earlier ones would be wrong by now. */
function dueReminder(
  state: RestoreState,
  { question, now }: { question: Question; now: number },
): RemindedOf[] {
  const { about, until } = question;
  const planned = plannedReminders(state, question).findLast((at) => at <= now);
  if (planned === undefined || planned <= (state.reminded[about] ?? 0)) return [];
  return [{ type: 'reminded', about, planned, ...(until !== null && { until }) }];
}

function plannedReminders({ look, proposal }: RestoreState, { about, since, until }: Question): number[] {
  const { policy } = proposal;
  if (until !== null) {
    // The end of the second look has a reminder of its own, which it cannot come before (`look-reminded`).
    const own = about === 'look' ? graceOf(policy) : 0;
    return leadsMs
      .filter((lead) => lead !== own)
      .map((lead) => until - lead)
      .filter((at) => at - since >= askedJustNowMs);
  }
  if (about !== 'look' || look === null) return [];
  // Nothing lapses here, so nobody is told before: once the time to look is over, and ever more rarely after that.
  return Array.from({ length: asksAgainMax }, (_, n) => since + policy.secondLookMs * (2 ** (n + 1) - 1));
}

function dueEscalation(
  state: RestoreState,
  { question, now }: { question: Question; now: number },
): Happening[] {
  const { about, since } = question;
  const [planned] = plannedEscalation(state, question);
  if (planned === undefined || planned > now || (state.escalated[about] ?? -1) >= since) return [];
  return [{ type: 'escalated', about, since }];
}

function plannedEscalation({ proposal }: RestoreState, { since }: Question): number[] {
  const { escalation } = proposal.policy;
  return escalation === undefined ? [] : [since + escalation.afterMs];
}
