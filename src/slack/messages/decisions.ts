/** What people decided, each a reply of its own that is never edited. */

import type { Actor, RestoreEvent } from '../../restore/record/events.ts';
import type { RestoreState } from '../../restore/record/state.ts';
import { shortDigest } from '../../restore/rules/digest.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { code, foreign, mention, quote } from '../escape.ts';
import { clockTime, clockTimeExact, count } from '../time.ts';
import { authorsAt, mentionApprovers, missingSignOffs, neededText, wordList } from './approvers.ts';
import { commitText } from './procedure.ts';
import { timersText } from './reconciling.ts';

type EventOf<T extends RestoreEvent['type']> = Extract<RestoreEvent, { type: T }>;

const gateWords = {
  stop: 'stopping the schedulers',
  commit: 'the commit',
  'go-back': 'going back to the old state',
} as const;

/** `@bo approved stopping the schedulers of east (14:19) · plan 9c1e-3 · "checked with ads, go"` */
export function renderSignedOff(event: EventOf<'signed-off'>, at: number, state: RestoreState): Message {
  const verb = event.gate === 'stop' ? 'approved' : 'signed off';
  const missing = missingSignOffs(state, event.gate);
  const tail = event.comment.trim() === '' ? '' : ` · ${quote(event.comment)}`;
  return message([
    section(
      `*${by(event.person)} ${verb} ${gateWords[event.gate]} of ${code(state.proposal.cluster)}* (${clockTime(at)}) · digest \`${shortDigest(event.digest)}\`${tail}`,
    ),
    ...(missing > 0 ? [context(missingText(state, event))] : []),
  ]);
}

/** Counted by places: a co-author of what is signed fills none when another of them has signed already. */
function missingText(state: RestoreState, event: EventOf<'signed-off'>): string {
  const needed = `${count(missingSignOffs(state, event.gate), 'more sign-off')} needed`;
  const others = sharersOf(state, event);
  if (others.length === 0) return `${needed}.`;
  const names = wordList([event.person, ...others].map(({ name }) => foreign(name, 60)));
  return `It fills no further place: ${names} made together what is signed, and fill one place together. ${needed}, by ${neededText(state, event.gate)}: ${mentionApprovers(state, event.gate)}.`;
}

/** The co-authors who had signed before this one did; none for anybody else. */
function sharersOf(state: RestoreState, { gate, person }: EventOf<'signed-off'>): readonly Actor[] {
  const authors = authorsAt(state, gate);
  if (gate !== 'commit' || !authors.some(({ id }) => id === person.id)) return [];
  const signed = new Set(state.gates[gate]?.signOffs.map((signOff) => signOff.person.id));
  return authors.filter(({ id }) => id !== person.id && signed.has(id));
}

/** A decline ends the revision; the second line says what happens now. */
export function renderDeclined(event: EventOf<'declined'>, at: number): Message {
  const then = {
    stop: 'Nothing was touched. Another proposal starts with `/aurora restore`.',
    commit: 'Nothing was committed. Everything is being put back.',
    'go-back': 'The second look goes on as before.',
  }[event.gate];
  return message([
    section(
      `*${by(event.person)} declined ${gateWords[event.gate]}* (${clockTime(at)}): ${quote(event.reason)}`,
    ),
    section(then),
  ]);
}

/** Nobody came in time. */
export function renderExpired(event: EventOf<'gate-expired'>, state: RestoreState): Message {
  const then = {
    stop: 'Nothing was touched. Another proposal starts with `/aurora restore`.',
    commit: 'Nothing was committed. Sign-offs given so far count no more.',
    'go-back': 'The second look goes on as before.',
  }[event.gate];
  const signed = state.gates[event.gate]?.signOffs.length ?? 0;
  return message([
    section(`*The time for ${gateWords[event.gate]} has run out* (${count(signed, 'sign-off')} given).`),
    section(then),
  ]);
}

/** Before the outside world has answered anything. */
export function renderCommitOrdered(
  event: EventOf<'commit-ordered'>,
  at: number,
  state: RestoreState,
): Message {
  return message([
    section(
      `*${by(event.person)} ordered the commit* (${clockTimeExact(at)}) · digest \`${shortDigest(event.digest)}\``,
    ),
    section(
      `${commitText(state)} From here on it *cannot be undone* by stopping; the second look can still go back to the old logs.`,
    ),
  ]);
}

export function renderAbortOrdered(event: EventOf<'abort-ordered'>, at: number, touched: boolean): Message {
  return message([
    section(`*${by(event.person)} stopped the restore* (${clockTime(at)}): ${quote(event.reason)}`),
    section(
      touched
        ? 'Everything is being put back: the old logs, flags and traffic, on all hosts. Nothing was committed. Nobody has to do anything.'
        : 'No host was touched.',
    ),
  ]);
}

export function renderGoingBack(event: EventOf<'gate-passed'>): Message {
  const people = event.signers.map(by).join(' and ');
  return message([
    section(`*${people} decided to go back to the old state.*`),
    section(
      'The old logs, flags and traffic return on all hosts; no task was reconciled. Nobody has to do anything.',
    ),
  ]);
}

/** The point after which going back is a restore of its own. */
export function renderReleased(event: EventOf<'release-ordered'>, at: number, state: RestoreState): Message {
  const who =
    event.person === null
      ? 'The time of the second look is over: it goes on'
      : `${by(event.person)} let it reconcile`;
  const timers = timersText(state);
  return message([
    section(`*${who}* (${clockTime(at)}).`),
    section(
      `${timers === '' ? 'Traffic is let in, then both reconciliations run.' : `Traffic is let in. ${timers}`} This *cannot be undone*.`,
    ),
  ]);
}

export function renderLookAgain(event: EventOf<'look-again-ordered'>, at: number): Message {
  return message([
    section(
      `*${by(event.person)} says it is done* (${clockTime(at)}). Looking again; only what is seen is believed.`,
    ),
  ]);
}

function by(person: Actor): string {
  return mention(person.userId, person.name);
}
