/** What was found after the commit, when it is stuck, and how it ended. */

import type { OperationKind } from '../../aurora/operations.ts';
import type { StepFacts } from '../../restore/record/facts.ts';
import { isCommitSent, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { titleOfStep } from '../../restore/steps/index.ts';
import { actions, context, listRows, type Message, message, section } from '../blocks.ts';
import { code, foreign, mention, mentionGroup, sentence } from '../escape.ts';
import { clockTime, clockTimeExact, count, durationText, shortDurationText } from '../time.ts';
import { buttonsFor } from './buttons.ts';
import { illText } from './diagnosis.ts';
import { leftWorkText, tickOffButtons } from './left-work.ts';
import { beforeTextFirst, holderText, restoredText } from './procedure.ts';
import { stuckCommandText } from './stuck-command.ts';
import { waitingFor } from './waiting.ts';
import { whyEnded } from './why-ended.ts';

/** The answer to the commit, or that there was none: then it is said to be unknown. */
export function renderCommitAnswer(facts: StepFacts['commit'], at: number, state: RestoreState): Message {
  if (facts.answer === 'unknown') {
    return message([
      section('*Commit sent, no answer.* That is usual.'),
      section(
        'Finding out what happened by looking at the schedulers; nobody has to do anything; nothing will be sent twice.',
      ),
    ]);
  }
  const person = state.commitOrdered?.person;
  return message([
    section(
      `*Committed${person === undefined ? '' : ` by ${mention(person.userId, person.name)}`} (${clockTimeExact(at)}).* ${foreign(facts.host, 80)} said OK after ${shortDurationText(facts.ms)}; it closes its port then, and is stopped and started again.`,
    ),
    section(
      'Next the restored tasks are read back and compared with the signed ones. Nobody has to do anything.',
    ),
  ]);
}

export function renderVerified(facts: StepFacts['verify-restored'], state: RestoreState): Message {
  return message([
    section(
      `*Committed, and read back: ${foreign(facts.host, 80)} is elected and holds ${restoredText(state)}; its ${count(facts.tasks, 'task')} equal the signed ones.*`,
    ),
    section(
      'The schedulers start normally, with their own flags and reconciliation held. Nobody has to do anything.',
    ),
  ]);
}

/** Prediction and observation, side by side. */
export function renderSoak(facts: StepFacts['soak'], state: RestoreState): Message {
  const predicted = summaryOf(state)?.blast;
  const { killed, rescheduled, kept } = facts.observed;
  const seen = `killed ${killed}, started again ${rescheduled}, kept ${kept}`;
  if (facts.asPredicted) return message([section(`*Both reconciliations ran: ${seen}, as predicted.*`)]);
  return message([
    section(
      `*Both reconciliations ran, and not all went as predicted:* ${seen}; predicted were ${predicted?.killed ?? 0}, ${predicted?.rescheduled ?? 0} and ${predicted?.kept ?? 0}.`,
    ),
    section(
      listRows(
        facts.differences.map((difference) => `• ${foreign(difference, 250)}`),
        10,
      ),
    ),
  ]);
}

export function renderUndone(facts: StepFacts['undo-confirm-leader'], state: RestoreState): Message {
  const leads =
    facts.host === null
      ? 'Nobody led before, and nobody has to lead now.'
      : `${foreign(facts.host, 80)} leads, with ${count(facts.tasks ?? 0, 'task')}.`;
  return message([
    section(
      `*${beforeTextFirst(state, 'state', ` of ${code(state.proposal.cluster)}`)} is back on ${count(state.proposal.hosts.length, 'host')}.* ${leads}`,
    ),
  ]);
}

/** Channel message: a person is needed, and what for. Mentions the requester and the approvers once. */
export function renderStuck({ at, latest }: { at: RestoreState; latest: RestoreState }): Message {
  const { requester, cluster } = at.proposal;
  const { stuck } = at;
  if (stuck === null) return message([section('It continues.')]);
  const stillOpen = waitingFor(latest) === 'stuck' && latest.stuck?.at === stuck.at;
  const foreignHand = stuck.code.startsWith('foreign-');
  const head = foreignHand
    ? `*Somebody else is at work on ${code(cluster)}, and its restore needs a person.*`
    : `*The restore of ${code(cluster)} needs a person.*`;
  const where = foreignHand ? 'At the commit' : `Step "${titleOfStep(stuck.step)}"`;
  return message([
    ...(stillOpen
      ? []
      : [section('*Settled:* the restore no longer waits for this. There is nothing left to do here.')]),
    section(`${head} ${sentence(stuck.message)}`),
    section(`${sentence(stuck.hint)} ${stuckCommandText(at, stuck)}\n${isolation(at)}`),
    context(`${where} · ${at.restoreId} · ${mention(requester.userId, requester.name)}, ${approvers(at)}`),
    ...(stillOpen ? actions(buttonsFor(latest)) : []),
  ]);
}

function isolation(state: RestoreState): string {
  // What somebody else did may have been a commit: only ours is known not to have happened.
  if (state.foreign !== null && state.stuck?.code.startsWith('foreign-')) {
    return 'Earlier sign-offs no longer count; tasks keep running; this restore has committed nothing.';
  }
  if (state.runs['stop-schedulers'] === undefined) return 'No host has been touched.';
  if (state.look?.released != null) return `The cluster runs from ${restoredText(state)}.`;
  const committed =
    state.commitOrdered === null || !isCommitSent(state)
      ? 'nothing was committed'
      : state.facts['verify-restored'] === undefined
        ? 'the commit was ordered, and its outcome is not confirmed yet'
        : `${holderText(state)} is committed`;
  return `${isolatedText(state)}; tasks keep running; ${committed}.`;
}

const trafficKinds: ReadonlySet<OperationKind> = new Set(['block-traffic', 'unblock-traffic']);

/** What the agents have confirmed, host by host: a step that got stuck halfway has isolated a part. */
function isolatedText({ proposal, operations }: RestoreState): string {
  const { hosts } = proposal;
  const done = [...operations.values()].filter(({ result }) => result?.state === 'done');
  // It may be let in for a look, and shut again on the way back: the newest counts.
  const newest = (host: string) =>
    done.findLast((operation) => operation.host === host && trafficKinds.has(operation.kind))?.kind;
  const blocked = hosts.filter((host) => newest(host) === 'block-traffic');
  if (blocked.length === hosts.length) return 'The cluster is isolated from outside traffic';
  const open = hosts.filter((host) => !blocked.includes(host)).map((host) => foreign(host, 80));
  return `Outside traffic is blocked on ${blocked.length} of ${hosts.length} hosts (not on ${open.join(', ')})`;
}

function approvers(state: RestoreState): string {
  const { requester } = state.proposal;
  const all = [
    ...state.approvers.approverGroups.map(mentionGroup),
    ...state.approvers.approvers
      .filter((userId) => userId !== requester.userId)
      .map((userId) => mention(userId)),
  ];
  return all.length === 0 ? 'no approvers are configured' : all.slice(0, 15).join(', ');
}

/** The other channel message: how it ended, and what is left to do by now. `threadLink` is the address of the card. */
export function renderEnd(
  { at: state, latest }: { at: RestoreState; latest: RestoreState },
  threadLink: string | null,
): Message {
  const { ended } = state;
  const left = leftWorkText(latest);
  if (ended === null) return message([section('This restore continues.')]);
  return message([
    section(endHead(state)),
    ...(endFacts(state) === '' ? [] : [section(endFacts(state))]),
    ...(left === '' ? [] : [section(left)]),
    ...(threadLink === null ? [] : [context(`<${threadLink}|What was decided and done is in the thread>`)]),
    ...actions([...tickOffButtons(latest), ...buttonsFor(state)]),
  ]);
}

function endHead(state: RestoreState): string {
  const cluster = code(state.proposal.cluster);
  const at = clockTime(state.ended?.at ?? 0);
  const stopped = state.runs['stop-schedulers']?.startedAt;
  const outage =
    stopped === undefined ? '' : `, ${durationText((state.ended?.at ?? 0) - stopped)} after the first stop`;
  // Who led after the commit leads no more once everything was put back.
  const confirmed = state.facts[state.phase === 'undo' ? 'undo-confirm-leader' : 'confirm-leader'];
  const leader = state.facts.report?.leader ?? confirmed?.host;
  const leads = leader == null ? '' : `: ${foreign(leader, 80)} leads`;
  switch (state.ended?.outcome) {
    case 'completed':
      return `*${cluster} is back* (${at}${outage})${leads}, registered, framework unchanged.`;
    case 'undone':
      return state.runs['stop-schedulers'] === undefined
        ? `*The restore of ${cluster} was stopped* (${at}). No host was touched.`
        : `*${cluster} is as it was before the restore* (${at}${outage})${leads === '' ? noLeaderText(state) : leads}.`;
    case 'declined':
      return `*The restore of ${cluster} was declined* (${at}). ${sentence(state.ended.message)}`;
    case 'expired':
      return `*The restore of ${cluster} ran out of time* (${at}). ${sentence(state.ended.message)}`;
    case 'failed':
    case undefined:
      return `*The restore of ${cluster} ended without success* (${at}). ${whyEnded(state)}`;
  }
}

/** As it was may well be ill: that is said, and no news. */
function noLeaderText({ facts }: RestoreState): string {
  const before = facts['check-hosts']?.leader;
  if (facts['undo-confirm-leader']?.host !== null || before === undefined) return '';
  return before === null
    ? ': nobody led then, and nobody leads now'
    : `: nobody leads yet, and ${foreign(before, 80)} led then`;
}

function endFacts(state: RestoreState): string {
  const { report, soak } = state.facts;
  const ill = state.ended?.outcome === 'completed' ? '' : illText(state);
  const lines: string[] = ill === '' ? [] : [ill];
  if (state.ended?.outcome === 'completed' && soak !== undefined) {
    const { killed, rescheduled, kept } = soak.observed;
    lines.push(
      `Killed ${killed}, started again ${rescheduled}, kept ${kept}: ${soak.asPredicted ? '*as predicted.*' : '*not all as predicted*.'}`,
    );
  }
  if (report?.notAsBefore.length === 0) lines.push('Flags and traffic are as they were.');
  return lines.join('\n');
}
