/**
 * The card: the channel message of a restore, edited as it goes. First the plan, then where it stands, who must act and
 * until when. It shows committed facts; the only uncommitted thing is the line about what is being waited for.
 */

import type { AuroraError } from '../../aurora/errors.ts';
import { type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { actions, context, type Message, message, section } from '../blocks.ts';
import { code, incidentText, mention, quote, sentence } from '../escape.ts';
import { clockTime, clockTimeExact, count } from '../time.ts';
import { mentionApprovers, neededText } from './approvers.ts';
import { buttonsFor } from './buttons.ts';
import { warningLines } from './preflight.ts';
import { beforeText, beforeTextFirst, procedureText, restoredText, sourceText } from './procedure.ts';
import { thenTimers } from './reconciling.ts';
import { leaveOutFirstText } from './rewind-lines.ts';
import { stepLines } from './steps.ts';
import { commitUntil, lookEndText, runningOutText, waitingFor } from './waiting.ts';
import { whyEnded } from './why-ended.ts';

/** Renders the card. `progress` is what the running step waits for, `null` when nothing is. */
export function renderCard(view: {
  state: RestoreState;
  progress: string | null;
  /** When that was last heard: one that stands still is that of a bot that is gone. */
  progressAt?: number | null;
  /** Why the state is not the newest one: then nobody can do anything. */
  unreadable?: AuroraError | null;
  /** Address of the card that was there before and was deleted. */
  earlierThread?: string | null;
}): Message {
  const { state, unreadable = null, earlierThread = null } = view;
  if (unreadable !== null)
    return message([
      section(planLines(state)),
      section(unreadableLines(unreadable).join('\n')),
      section(stepLines(state).join('\n')),
      context(footLine(state, earlierThread)),
    ]);
  const who = actLine(state);
  // A notification tells the plan, where it stands and who must act; the list of steps is for the eye.
  const told = [
    section(planLines(state)),
    section(standLines(view).join('\n')),
    ...(who === '' ? [] : [section(who)]),
  ];
  return message(
    [
      ...told,
      section(stepLines(state).join('\n')),
      ...actions(buttonsFor(state)),
      context(footLine(state, earlierThread)),
    ],
    told.length,
  );
}

/** For a restore whose journal cannot be read to its end. */
export function unreadableLines({ code: kind, message: words, hint }: AuroraError): string[] {
  const what =
    kind === 'journal-broken' ? 'somebody else has written to its record' : 'its record cannot be read';
  return [`*Stopped: ${what}.* ${sentence(words)}`, sentence(hint)];
}

function planLines(state: RestoreState): string {
  const { proposal } = state;
  const incident = proposal.incident === '' ? '' : `${incidentText(proposal.incident)} `;
  return [
    `*Restore of ${code(proposal.cluster)} proposed by ${mention(proposal.requester.userId, proposal.requester.name)}* · ${incident}${quote(proposal.reason)}`,
    `${sourceText(state)} · ${procedureText(state)}, for Aurora ${code(proposal.auroraVersion)} · ${count(proposal.hosts.length, 'host')}`,
    ...warningLines(state),
  ].join('\n');
}

function standLines({
  state,
  progress,
  progressAt = null,
}: {
  state: RestoreState;
  progress: string | null;
  progressAt?: number | null;
}): string[] {
  if (state.ended !== null) {
    const { at, outcome } = state.ended;
    return [`*Ended at ${clockTime(at)}: ${outcome}.* ${whyEnded(state)}`];
  }
  if (state.paused !== null) return pausedLines(state, state.paused);
  if (state.stuck !== null) {
    return [`*Stuck: it needs a person.* ${sentence(state.stuck.message)}`, sentence(state.stuck.hint)];
  }
  const wait =
    progress === null ? [] : [`◐ *${sentence(progress)}*${asOf(progressAt)}${tasksKeepRunning(state)}`];
  if (state.phase === 'undo') {
    return [
      state.undoReason === 'abort'
        ? '*Stopped; everything is being put back.* Nothing was committed.'
        : `*Going back to ${beforeText(state, 'state')}.* ${beforeTextFirst(state, 'logs')} return on all hosts.`,
      ...wait,
    ];
  }
  return [headLine(state), ...wait];
}

function pausedLines(state: RestoreState, { person, reason, at }: Pause): string[] {
  const who = mention(person.userId, person.name);
  const running = runningOutText(state);
  const stuck = state.stuck === null ? [] : [`It was stuck before: ${sentence(state.stuck.message)}`];
  return [
    `*Paused by ${who} (${clockTime(at)}):* ${quote(reason)}. Nothing new begins${tasksKeepRunning(state)}`,
    ...(running === '' ? [] : [running]),
    ...stuck,
  ];
}

type Pause = NonNullable<RestoreState['paused']>;

function headLine(state: RestoreState): string {
  const { facts } = state;
  const cost = summaryOf(state)?.blast ?? facts.preview?.blast;
  const costText =
    cost === undefined
      ? ''
      : `${count(cost.killed, 'task')} killed, ${cost.rescheduled} started again, ${cost.kept} untouched`;
  if (state.look !== null) {
    return state.look.released === null
      ? `*${code(state.proposal.cluster)} runs from ${restoredText(state)}; ${state.look.unclean ? 'something else has reconciled it, and going back is not clean any more' : 'it has not been reconciled yet'}.* The first reconciliation cannot be undone: ${costText}.`
      : `*It reconciles.*${thenTimers(state)} This cannot be undone: ${costText}.`;
  }
  if (facts['verify-restored'] !== undefined) {
    return '*Committed and read back.* The schedulers start normally, with their own flags and reconciliation held.';
  }
  if (state.commitOrdered !== null) {
    return `*Commit ordered by ${mention(state.commitOrdered.person.userId, state.commitOrdered.person.name)} (${clockTime(state.commitOrdered.at)}).* Nobody has to do anything; nothing is sent twice.`;
  }
  if (cost === undefined)
    return '*Looking at the hosts, and at what would be restored.* Nothing has been touched.';
  const touched = state.runs['stop-schedulers'] !== undefined;
  return `*If committed: ${costText}.* ${touched ? 'Nothing has been committed; tasks keep running.' : 'Nothing has been touched yet.'}`;
}

function asOf(atMs: number | null): string {
  return atMs === null ? '' : ` · as of ${clockTimeExact(atMs)}`;
}

function tasksKeepRunning(state: RestoreState): string {
  const isolated = state.runs['stop-schedulers'] !== undefined && state.look === null;
  return isolated ? ' · Tasks keep running all this time.' : '';
}

/** Who must act, and until when. */
function actLine(state: RestoreState): string {
  switch (waitingFor(state)) {
    case 'stop':
      return `*Needs:* ${neededText(state, 'stop')} · until ${until(state.gates.stop?.expiresAt)}`;
    case 'sign-commit':
      return (
        leaveOutFirstText(state) ??
        `*Needs:* ${neededText(state, 'commit')} to sign off · until ${until(state.gates.commit?.expiresAt)}`
      );
    case 'commit':
      return `*Needs:* one of the signers to commit (${signers(state)}) · until ${until(commitUntil(state))}`;
    case 'look':
      return state.look?.stopped === true
        ? `*Something changed while you look; the thread says what.* It does not go on by itself: let it reconcile, go back, or ask for more time.`
        : `*Look at your jobs.* ${lookEndText(state)}`;
    case 'go-back':
      return `*Needs:* ${neededText(state, 'go-back')} to go back (${mentionApprovers(state, 'go-back')}) · until ${until(state.gates['go-back']?.expiresAt)}`;
    case 'paused':
      return `*Needs:* an approver of ${code(state.proposal.cluster)} to resume it.`;
    default:
      return '';
  }
}

function signers(state: RestoreState): string {
  return (
    state.gates.commit?.signOffs
      .map((signOff) => mention(signOff.person.userId, signOff.person.name))
      .join(' or ') ?? ''
  );
}

function until(atMs: number | undefined): string {
  return atMs === undefined ? '–' : clockTime(atMs);
}

function footLine(state: RestoreState, earlierThread: string | null): string {
  const digest = state.gates.commit?.digest ?? state.gates.stop?.digest;
  return [
    state.restoreId,
    ...(digest === undefined ? [] : [`digest ${shortDigest(digest)}`]),
    `started ${clockTime(state.proposedAt)}`,
    'everything that was decided is in the thread',
    ...(earlierThread === null
      ? []
      : [`an earlier card is gone: <${earlierThread}|what was said before is in its thread>`]),
  ].join(' · ');
}
