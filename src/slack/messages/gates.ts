/** What people are asked, each a reply that mentions those who must act. The facts stay; the last lines follow the state. */

import type { EventOf } from '../../restore/record/events.ts';
import type { BlastSummary, Summary } from '../../restore/record/facts.ts';
import { type RestoreState, rewindsOf, summaryOf } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { by } from '../decisions/dialogue.ts';
import { gateText } from '../decisions/gate-words.ts';
import { code, foreign, mention, mentionGroup, sentence } from '../escape.ts';
import { clockTime, count } from '../time.ts';
import { gateAnswer, lookAnswer, type Moment, onTheCard } from './answered.ts';
import { mentionApprovers, missingSignOffs, neededText } from './approvers.ts';
import { checkedText } from './diagnosis.ts';
import { fatesText } from './fates.ts';
import { preflightCounts, preflightWarningLines, warningLines } from './preflight.ts';
import {
  afterStopText,
  beforeText,
  beforeTextFirst,
  differsText,
  holderText,
  readyText,
  restoredText,
} from './procedure.ts';
import { thenTimers } from './reconciling.ts';
import { keptSections, leaveOutFirstSections, leftOutSections, mustLeaveOut } from './rewind-lines.ts';
import { affectedJobsText, pagesText } from './to-look-at.ts';
import { commitUntil, goesOnText, isSigned, lookEndText, waitingFor } from './waiting.ts';

/** The first gate: approve the stop. */
export function renderStopGate({ at, latest }: Moment): Message {
  const answer = gateAnswer({ at, latest }, 'stop', 'stop');
  return message([
    section(
      answer ??
        `*Needs ${neededText(at, 'stop')}:* ${mentionApprovers(at, 'stop')} · until ${clockTime(at.gates.stop?.expiresAt ?? 0)}`,
    ),
    ...[...warningLines(at), ...preflightWarningLines(at), checkedText(at)]
      .filter((text) => text !== '')
      .map(section),
    section(
      `Approving stops the schedulers of ${code(at.proposal.cluster)} and ${afterStopText(at)}; tasks keep running, and all of it can be put back. The commit needs sign-offs of its own.`,
    ),
    ...preflightCounts(at).map(context),
    ...pointer(answer),
  ]);
}

/** What is staged, and the sign-offs. */
export function renderStaged({ at, latest }: Moment, staged: Summary): Message {
  const answer = gateAnswer({ at, latest }, 'commit', isSigned(at) ? 'commit' : 'sign-commit');
  return message([
    ...(answer === null ? leaveOutFirstSections(at) : []),
    section(answer ?? `${needsText(at, latest)} · digest \`${shortDigest(at.gates.commit?.digest ?? '')}\``),
    ...keptSections(at),
    section(
      `*${readyText(at, staged)}* ${effects(staged.blast)}: ${sincePlanText(at, staged)}. ${fatesText(staged.blast, holderText(at))}`.trimEnd(),
    ),
    ...leftOutSections(at),
    section(
      `Committing replaces the storage of ${code(at.proposal.cluster)}. After the commit *Stop* no longer works; you can still go back to ${beforeText(at, 'log')} until the first reconciliation, which *cannot be undone*.`,
    ),
    ...pointer(answer),
  ]);
}

/** Of the newest state: who has signed is not asked once more. */
function needsText(at: RestoreState, latest: RestoreState): string {
  if (isSigned(at))
    return `*Nobody has to sign again.* One of those who signed orders the commit again · until ${clockTime(commitUntil(at))}`;
  const signed =
    latest.gates.commit?.signOffs.map(
      ({ person, at: when }) => `${foreign(person.name, 60)} ${clockTime(when)}`,
    ) ?? [];
  const so = signed.length === 0 ? '' : ` · signed: ${signed.join(', ')}`;
  const needs = mustLeaveOut(at) ? '*Then it needs' : '*Needs';
  return `${needs} ${neededText(latest, 'commit')}:* ${mentionApprovers(latest, 'commit')} · until ${clockTime(latest.gates.commit?.expiresAt ?? 0)}${so}`;
}

function sincePlanText(at: RestoreState, staged: Summary): string {
  return staged.unchangedSincePlan
    ? 'unchanged since the plan'
    : `*this differs from the plan*${differsText(at, staged)}; the list is attached`;
}

/** All signatures are there; still nothing happens by itself. */
export function renderReadyToCommit({ at, latest }: Moment): Message {
  const people = at.gates.commit?.signOffs.map((signOff) =>
    mention(signOff.person.userId, signOff.person.name),
  );
  const until = clockTime(commitUntil(at));
  const answer = gateAnswer({ at, latest }, 'commit', 'commit');
  return message([
    ...(answer === null ? [] : [section(answer)]),
    section(
      `*${people?.join(' and ') ?? ''} signed off digest \`${shortDigest(at.gates.commit?.digest ?? '')}\`.*`,
    ),
    ...(answer === null
      ? [
          section(
            `Nothing has been committed. One of them commits, until ${until}, and types the name of the cluster.`,
          ),
        ]
      : []),
    ...pointer(answer),
  ]);
}

/** Going back was asked for after the commit: it needs the commit's number of people. */
export function renderGoBackGate({ at, latest }: Moment): Message {
  const answer = gateAnswer({ at, latest }, 'go-back', 'go-back');
  return message([
    section(
      answer ??
        `*Going back to ${beforeText(at, 'state')} was asked for.* Needs ${neededText(at, 'go-back')} in all: ${mentionApprovers(at, 'go-back')} · until ${clockTime(at.gates['go-back']?.expiresAt ?? 0)}`,
    ),
    section(
      `${beforeTextFirst(at, 'logs')} return on all hosts, and what was committed is set aside. ${goBackText(at)}`,
    ),
    ...pointer(answer),
  ]);
}

/** What going back means now. */
function goBackText({ look }: RestoreState): string {
  return look?.unclean === true
    ? '*It is no longer clean:* something else has reconciled. What was started since is killed, and what was killed is started again.'
    : 'Nothing has been reconciled, so no task is lost by it.';
}

/** The restored cluster lives, and nothing has been reconciled: the last moment to go back without loss. */
export function renderSecondLook({ at, latest }: Moment): Message {
  const leader = at.facts['confirm-leader'];
  const seen = at.facts['second-look'];
  const blast = summaryOf(at)?.blast;
  const moved =
    seen === undefined || (seen.killedAlready === 0 && seen.startedAlready === 0)
      ? 'nothing has been killed or started yet'
      : `${seen.killedAlready} ended and ${seen.startedAlready} started already`;
  const answer = lookAnswer({ at, latest });
  return message([
    ...(answer === null ? [] : [section(answer)]),
    section(
      `*${code(at.proposal.cluster)} runs again from ${restoredText(at)}, and ${moved}.* ${leader === undefined ? '' : `${foreign(leader.host, 80)} leads, registered with Mesos under the same framework id, with ${count(leader.tasks, 'task')}.`}`,
    ),
    section(
      `The first reconciliation does that, and *cannot be undone*: ${blast === undefined ? 'see the plan' : `${blast.killed} killed, ${blast.rescheduled} started again`}. Until then going back is clean.`,
    ),
    ...[affectedJobsText(at), pagesText(answer === null ? latest : at)]
      .filter((text) => text !== '')
      .map(section),
    ...(answer === null
      ? [
          section(
            `*Look at your jobs.* ${signersText(at)} can let it reconcile.${thenTimers(at)} ${lookEndText(at)}`,
          ),
        ]
      : []),
    ...pointer(answer),
  ]);
}

/** The same in the channel, shortly, for those who do not follow the thread. */
export function renderLookInChannel({ at, latest }: Moment, threadLink: string | null): Message {
  // More time, or a reminder in the thread, asks the same again.
  const isAsked = waitingFor(latest) === 'look' && rewindsOf(at) === rewindsOf(latest);
  const answer = isAsked ? null : lookAnswer({ at, latest });
  const blast = summaryOf(at)?.blast;
  const effect = blast === undefined ? '' : `: ${blast.killed} killed, ${blast.rescheduled} started again`;
  return message([
    ...(answer === null ? [] : [section(answer)]),
    section(
      `*${code(at.proposal.cluster)} runs again from ${restoredText(at)}, and nothing has been reconciled.* The first reconciliation *cannot be undone*${effect}.`,
    ),
    ...(answer === null
      ? [
          section(
            `*Look at your jobs.* ${signersText(at)} can let it reconcile; an approver can go back. ${lookEndText(latest)}`,
          ),
        ]
      : []),
    ...(threadLink === null ? [] : [context(`<${threadLink}|Which jobs change is in the thread>`)]),
  ]);
}

/** Mentioned: they can let it reconcile. */
function signersText({ gates }: RestoreState): string {
  const signers = gates.commit?.signOffs.map(({ person }) => mention(person.userId, person.name)) ?? [];
  return signers.length === 0 ? 'A signer' : signers.join(' or ');
}

/** It goes on by itself soon, and cannot be undone then: who can hold it is named. */
export function renderReminder({ at, latest }: Moment): Message {
  const blast = summaryOf(at)?.blast;
  const signers = at.gates.commit?.signOffs.map(({ person }) => foreign(person.name, 60)) ?? [];
  return message([
    section(
      `*${code(at.proposal.cluster)} reconciles by itself at ${clockTime(at.look?.until ?? 0)}*, and that cannot be undone${blast === undefined ? '' : `: ${blast.killed} killed, ${blast.rescheduled} started again`}.`,
    ),
    section(
      `${mentionApprovers(at, 'go-back')}: look at your jobs. Anybody can ask for more time or pause it, an approver can go back, and ${signers.join(' or ')} can let it reconcile now.`,
    ),
    ...pointer(lookAnswer({ at, latest })),
  ]);
}

/** A signer may not sign any more; what is left, and what that means now. */
export function renderFallen(event: EventOf<'sign-off-fell'>, { at, latest }: Moment): Message {
  const missing = missingSignOffs(at, event.gate);
  return message([
    section(`*A sign-off no longer counts.* ${sentence(event.message)}`),
    section(
      missing === 0
        ? 'Enough other sign-offs remain.'
        : `*Needs ${neededText(at, event.gate)}:* ${mentionApprovers(at, event.gate)} · until ${clockTime(at.gates[event.gate]?.expiresAt ?? 0)}`,
    ),
    ...(missing === 0 ? [] : pointer(gateAnswer({ at, latest }, event.gate, 'sign-commit'))),
  ]);
}

/** Others may not approve any more; whoever is named only now has to wait for the next restore. */
export function renderApproversChanged({ proposal, approvers }: RestoreState): Message {
  const all = [
    ...approvers.approverGroups.map(mentionGroup),
    ...approvers.approvers.map((userId) => mention(userId)),
  ];
  return message([
    section(
      `*The bot's configuration now names different approvers of ${code(proposal.cluster)} now:* ${all.slice(0, 20).join(', ')}${all.length > 20 ? ` and ${all.length - 20} more` : ''}. Those of them who were approvers when this restore was proposed count from now on.`,
    ),
  ]);
}

/** Whoever did it holds the bot's token: nobody else can edit its messages. */
export function renderEdited({ name }: EventOf<'message-edited'>): Message {
  return message([
    section(
      `*Somebody edited ${name === 'card' ? 'the card' : 'a reply'} of this restore with the bot's own token.* It shows the bot's own text again.`,
    ),
    section(
      'Read the form before you send it: nobody else can change a form. Whoever runs the bot makes a new token (Slack, *OAuth & Permissions*, reinstall) and gives it to the bot.',
    ),
  ]);
}

/** Nobody came in time. */
export function renderExpired(event: EventOf<'gate-expired'>, state: RestoreState): Message {
  const then = {
    stop: 'Nothing was touched. Another proposal starts with `/aurora restore`.',
    commit: 'Nothing was committed. Earlier sign-offs no longer count.',
    'go-back': goesOnText(state),
  }[event.gate];
  const signed = state.gates[event.gate]?.signOffs.length ?? 0;
  return message([
    section(
      `*The time for ${gateText(state, event.gate)} has run out* (${count(signed, 'sign-off')} given).`,
    ),
    section(then),
  ]);
}

/** Its signatures are there. */
export function renderGoingBack(event: EventOf<'gate-passed'>, state: RestoreState): Message {
  const people = event.signers.map(by).join(' and ');
  return message([
    section(`*${people} decided to go back to ${beforeText(state, 'state')}.*`),
    section(
      `${beforeTextFirst(state, 'logs')}, flags and traffic return on all hosts; no task was reconciled. Nobody has to do anything.`,
    ),
  ]);
}

/** Where to answer, while it is asked. */
function pointer(answer: string | null) {
  return answer === null ? [context(onTheCard)] : [];
}

function effects(blast: BlastSummary): string {
  return `Killed ${blast.killed}, started again ${blast.rescheduled}, kept ${blast.kept}`;
}
