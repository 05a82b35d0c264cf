/** People are told once more of what waits for them, or others are called. What was answered meanwhile says so and asks nobody. */
import type { EventOf } from '../../restore/record/events.ts';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { openQuestions, type Question } from '../../restore/rules/questions.ts';
import { type Message, message, section } from '../blocks.ts';
import { by } from '../decisions/dialogue.ts';
import { code, mention, mentionGroup, quote, sentence } from '../escape.ts';
import { clockTime, durationText } from '../time.ts';
import { mentionApprovers, neededText } from './approvers.ts';
import { beforeText } from './procedure.ts';
import { goesOnText } from './waiting.ts';

type About = Question['about'];

/** `at` is when it was said; `latest` the newest state. */
interface Moment {
  readonly at: RestoreState;
  readonly latest: RestoreState;
}

/** Before something lapses or goes on by itself, or when the time to look is over and nobody has decided. */
export function renderReminded(event: EventOf<'reminded'>, saidAt: number, moment: Moment): Message {
  const { at } = moment;
  const { about, until } = event;
  const [first, ...rest] =
    until === undefined
      ? overdueLines(at)
      : [
          `*${durationText(until - saidAt)} left ${toDo(at, about)}: until ${clockTime(until)}.* ${whoText(at, about)}`,
          otherwiseText(at, about),
        ];
  return message([...settled(about, moment), section(first ?? ''), ...rest.map(section)]);
}

/** Others are called, because nobody has answered. `threadLink` is `null` where the message is in the thread itself. */
export function renderEscalated(
  event: EventOf<'escalated'>,
  saidAt: number,
  moment: Moment & { threadLink: string | null },
): Message {
  const { at, threadLink } = moment;
  const { about, since } = event;
  const group = at.proposal.policy.escalation?.group;
  const called = group === undefined ? 'The' : `${mentionGroup(group)}: the`;
  return message([
    ...settled(about, moment),
    section(
      `*${called} restore of ${code(at.proposal.cluster)} has waited for people for ${durationText(saidAt - since)}.* ${needsText(at, about)}`,
    ),
    ...(threadLink === null ? [] : [section(`<${threadLink}|Open its thread> to answer.`)]),
  ]);
}

/** Where others are called; `null` in the thread. */
export function escalationChannel({ proposal }: RestoreState): string | null {
  return proposal.policy.escalation?.channel ?? null;
}

/** Judged when the newest of what it is about was said: an expiry is an event of its own. */
function questionOf(state: RestoreState, about: About): Question | undefined {
  const gates = Object.values(state.gates);
  const now = Math.max(0, ...gates.flatMap((gate) => [gate.openedAt, ...gate.signOffs.map(({ at }) => at)]));
  return openQuestions(state, now).find((question) => question.about === about);
}

function settled(about: About, { at, latest }: Moment) {
  const then = questionOf(at, about);
  return questionOf(latest, about)?.since === then?.since
    ? []
    : [section('*Answered since, or over:* there is nothing left to do here.')];
}

function toDo(state: RestoreState, about: About): string {
  switch (about) {
    case 'stop':
      return 'to approve the stop';
    case 'commit':
      return 'to sign off the commit';
    case 'commit-order':
      return 'to commit';
    case 'go-back':
      return `to decide on going back to ${beforeText(state, 'state')}`;
    default:
      return 'before it reconciles by itself';
  }
}

/** Those who can act, mentioned; what each of them can do. */
function whoText(state: RestoreState, about: About): string {
  switch (about) {
    case 'stop':
    case 'commit':
    case 'go-back':
      return `Needs ${neededText(state, about)}: ${mentionApprovers(state, about)}.`;
    case 'commit-order':
      return `One of those who signed commits: ${signersText(state)}.`;
    default:
      return lookText(state);
  }
}

function otherwiseText(state: RestoreState, about: About): string {
  switch (about) {
    case 'stop':
      return 'If nobody approves, this restore ends. No host has been touched.';
    case 'commit':
    case 'commit-order':
      return 'If nobody does, sign-off starts again from zero. Nothing has been committed, and tasks keep running.';
    case 'go-back':
      return `If too few sign, nothing goes back. ${goesOnText(state)}`;
    default: {
      const blast = summaryOf(state)?.blast;
      return `Reconciling *cannot be undone*${blast === undefined ? '' : `: ${blast.killed} killed, ${blast.rescheduled} started again`}.`;
    }
  }
}

function overdueLines(state: RestoreState): string[] {
  return [
    `*${code(state.proposal.cluster)} still waits for a decision: let it reconcile, or go back.* It does not continue by itself.`,
    lookText(state),
  ];
}

function lookText(state: RestoreState): string {
  return `${signersText(state)} can let it reconcile. An approver can go back: ${mentionApprovers(state, 'go-back')}. Anybody can ask for 30 more minutes.`;
}

function signersText(state: RestoreState): string {
  const signers = state.gates.commit?.signOffs ?? [];
  return signers.map(({ person }) => mention(person.userId, person.name)).join(' or ') || 'A signer';
}

function needsText(state: RestoreState, about: About): string {
  switch (about) {
    case 'stop':
    case 'commit':
    case 'go-back':
      return `It needs ${neededText(state, about)} ${toDo(state, about)}, until ${clockTime(state.gates[about]?.expiresAt ?? 0)}.`;
    case 'commit-order':
      return `One of those who signed has to commit: ${signersText(state)}.`;
    case 'look':
      return `The cluster runs again and nothing has been reconciled. ${signersText(state)} can let it reconcile; an approver can go back.`;
    case 'paused':
      return state.paused === null
        ? ''
        : `${by(state.paused.person)} paused it: ${quote(state.paused.reason)}. An approver can resume it.`;
    case 'stuck':
      return state.stuck === null ? '' : `${sentence(state.stuck.message)} ${sentence(state.stuck.hint)}`;
  }
}
