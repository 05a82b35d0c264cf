/**
 * The card: the channel message of a restore, edited as it goes. First the plan, then where it stands, who must act and
 * until when. It shows committed facts; the only uncommitted thing is the line about what is being waited for.
 */

import type { AuroraError } from '../../aurora/errors.ts';
import { hasTouchedHosts, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { actions, context, type Message, message, section } from '../blocks.ts';
import { code, incidentText, mention, quote, sentence } from '../escape.ts';
import { clockTime, clockTimeExact, count } from '../time.ts';
import { mentionApprovers, neededText } from './approvers.ts';
import { buttonsFor } from './buttons.ts';
import { checkedText } from './diagnosis.ts';
import { preflightWarningCount, warningLines } from './preflight.ts';
import { backupText, beforeText, beforeTextFirst, procedureText, restoredText } from './procedure.ts';
import { thenTimers } from './reconciling.ts';
import { leaveOutFirstText, leftOutText, mustLeaveOut } from './rewind-lines.ts';
import { stepLine } from './steps.ts';
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
  const small = [context(aboutLine(state)), context(footLine(state, earlierThread))];
  if (unreadable !== null)
    return message([
      section(`*Restore of ${code(state.proposal.cluster)}* · ${restoredText(state)}`),
      section(unreadableLines(unreadable).join('\n')),
      section(stepLine(state)),
      ...small,
    ]);
  // A notification tells where it stands, who must act and what it costs; the rest is for the eye.
  const told = [
    [headLine(state), actLine(state)],
    [...standLines(view), ...costLines(state)],
    [...warningLines(state), ...preflightWarningCount(state), checkedText(state)],
  ]
    .map((lines) => lines.filter((line) => line !== '').join('\n'))
    .filter((text) => text !== '')
    .map(section);
  return message([...told, section(stepLine(state)), ...actions(buttonsFor(state)), ...small], told.length);
}

/** For a restore whose journal cannot be read to its end. */
export function unreadableLines({ code: kind, message: words, hint }: AuroraError): string[] {
  const what =
    kind === 'journal-broken' ? 'somebody else has written to its record' : 'its record cannot be read';
  return [`*Stopped: ${what}.* ${sentence(words)}`, sentence(hint)];
}

/** The state, then what it is about: the first line is all that a phone shows of a card. */
function headLine(state: RestoreState): string {
  const { cluster } = state.proposal;
  const [stands, about] = headOf(state);
  return `*Restore of ${code(cluster)}: ${stands}* · ${about}`;
}

/** What stands first on the card: `waiting for one approver`, `running`. */
export function stateWords(state: RestoreState): string {
  return headOf(state)[0];
}

function headOf(state: RestoreState): readonly [string, string] {
  const backup = backupText(state);
  if (state.ended !== null) return [`${state.ended.outcome} (${clockTime(state.ended.at)})`, backup];
  if (state.paused !== null) return [`paused (${clockTime(state.paused.at)})`, backup];
  switch (waitingFor(state)) {
    case 'stuck':
      return ['stuck, it needs a person', backup];
    case 'stop':
      return [`waiting for ${neededText(state, 'stop')}`, `stops the schedulers to restore ${backup}`];
    case 'sign-commit':
      return mustLeaveOut(state)
        ? ['waiting for tasks to be left out', `commits ${backup}`]
        : [`waiting for ${neededText(state, 'commit')} to sign off`, `commits ${backup}`];
    case 'commit':
      return ['signed off, waiting for one of the signers to commit', `commits ${backup}`];
    case 'look':
      return ['waiting for you to look at your jobs', `it runs from ${restoredText(state)}`];
    case 'go-back':
      return [`waiting for ${neededText(state, 'go-back')} to go back`, `to ${beforeText(state, 'state')}`];
    default:
      return [state.phase === 'undo' ? 'being put back' : 'running', backup];
  }
}

/** What became of it, what it was stopped by, and what a running step waits for. */
function standLines({
  state,
  progress,
  progressAt = null,
}: {
  state: RestoreState;
  progress: string | null;
  progressAt?: number | null;
}): string[] {
  if (state.ended !== null)
    return [`*Ended at ${clockTime(state.ended.at)}: ${state.ended.outcome}.* ${whyEnded(state)}`];
  if (state.paused !== null) return pausedLines(state, state.paused);
  if (state.stuck !== null) return [`${sentence(state.stuck.message)} ${sentence(state.stuck.hint)}`];
  const wait =
    progress === null ? [] : [`◐ *${sentence(progress)}*${asOf(progressAt)}${tasksKeepRunning(state)}`];
  if (state.phase === 'undo') {
    return [
      state.undoReason === 'abort'
        ? '*Everything is being put back.* Nothing was committed.'
        : `*Going back to ${beforeText(state, 'state')}.* ${beforeTextFirst(state, 'logs')} return on all hosts.`,
      ...wait,
    ];
  }
  return wait;
}

function pausedLines(state: RestoreState, { person, reason, at }: Pause): string[] {
  const who = mention(person.userId, person.name);
  const running = runningOutText(state);
  const stuck = state.stuck === null ? [] : [`It was stuck before: ${sentence(state.stuck.message)}`];
  return [
    `*Paused by ${who} (${clockTime(at)}):* ${quote(reason)}. Nothing new starts${tasksKeepRunning(state) || '.'}`,
    ...(running === '' ? [] : [running]),
    ...stuck,
  ];
}

type Pause = NonNullable<RestoreState['paused']>;

/** What it would do or has done, and what cannot be undone; nothing beside an end or an undo, which say it themselves. */
function costLines(state: RestoreState): string[] {
  if (state.ended !== null || state.phase === 'undo') return [];
  const { facts } = state;
  const cost = summaryOf(state)?.blast ?? facts.preview?.blast;
  const costText =
    cost === undefined
      ? ''
      : `${count(cost.killed, 'task')} killed, ${cost.rescheduled} started again, ${cost.kept} untouched`;
  if (state.look !== null) {
    return state.look.released === null
      ? [
          `${state.look.unclean ? 'Something else has reconciled it, and going back is no longer clean.' : 'It has not been reconciled yet, and going back is clean until then.'} The first reconciliation cannot be undone: ${costText}.`,
        ]
      : [`*It reconciles.*${thenTimers(state)} This cannot be undone: ${costText}.`];
  }
  if (facts['verify-restored'] !== undefined) {
    return [
      '*Committed and read back.* The schedulers start normally, with their own flags and reconciliation held.',
    ];
  }
  if (state.commitOrdered !== null) {
    const { person, at } = state.commitOrdered;
    return [
      `*Commit ordered by ${mention(person.userId, person.name)} (${clockTime(at)}).* Nobody has to do anything; nothing is sent twice.`,
    ];
  }
  if (cost === undefined)
    return ['It checks the hosts and what would be restored. Nothing has been touched.'];
  const left = leftOutText(state);
  return [
    `*If committed: ${costText}.* ${hasTouchedHosts(state) ? 'Nothing has been committed; tasks keep running.' : 'Nothing has been touched yet.'}`,
    ...(left === '' ? [] : [left]),
  ];
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
      return `*Who can:* ${mentionApprovers(state, 'stop')} · until ${until(state.gates.stop?.expiresAt)}, then the restore ends`;
    case 'sign-commit':
      return (
        leaveOutFirstText(state) ??
        `*Who can:* ${mentionApprovers(state, 'commit')} · until ${until(state.gates.commit?.expiresAt)}, then everything is put back`
      );
    case 'commit':
      return `*Who can:* ${signers(state)} · until ${until(commitUntil(state))}, then everything is put back`;
    case 'look':
      return state.look?.stopped === true
        ? '*Something changed while you look; the thread says what.* It does not continue by itself: let it reconcile, go back, or ask for more time.'
        : `${lookEndText(state)} ${signers(state)} can let it reconcile.`;
    case 'go-back':
      return `*Who can:* ${mentionApprovers(state, 'go-back')} · until ${until(state.gates['go-back']?.expiresAt)}, then it stays as it is`;
    case 'paused':
      return `*Who can resume it:* an approver of ${code(state.proposal.cluster)}.`;
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

/** Whose idea it was and how it is done. */
function aboutLine(state: RestoreState): string {
  const { requester, incident, reason, auroraVersion, hosts } = state.proposal;
  return [
    `Requested by ${mention(requester.userId, requester.name)}`,
    ...(incident === '' ? [] : [incidentText(incident)]),
    quote(reason),
    `${procedureText(state)}, for Aurora ${code(auroraVersion)}`,
    count(hosts.length, 'host'),
    ...shaText(state),
  ].join(' · ');
}

function shaText({ proposal }: RestoreState): string[] {
  return proposal.of === undefined ? [`sha256 \`${proposal.backup.sha256.slice(0, 8)}…\``] : [];
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
