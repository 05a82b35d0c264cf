/** Turns of a restore that nobody signs: tasks left out, begun once more, something noticed, a pause. */

import { titleOfStep } from '../../restore/procedures/plan.ts';
import type { Actor, RestoreEvent } from '../../restore/record/events.ts';
import { type RestoreState, takeOf } from '../../restore/record/state.ts';
import { actions, type Message, message, section } from '../blocks.ts';
import { code, mention, quote, sentence } from '../escape.ts';
import { clockTime, count } from '../time.ts';
import { buttonsFor, waitingFor } from './buttons.ts';

type EventOf<T extends RestoreEvent['type']> = Extract<RestoreEvent, { type: T }>;

/** Who edits is a co-author from then on, and the second line says what that means. */
export function renderEdited(event: EventOf<'edit-ordered'>, at: number): Message {
  return message([
    section(
      `*${by(event.person)} leaves ${count(event.taskIds.length, 'task')} out* (${clockTime(at)}): ${quote(event.reason)}`,
    ),
    section(
      'Sign-offs given so far count no more. What is left is read back and compared, then it is signed again; whoever edits fills one place together with the requester.',
    ),
  ]);
}

/** Begun once more, and what that does to the sign-offs. */
export function renderTakenBack(event: EventOf<'taken-back'>, state: RestoreState): Message {
  const signed = (state.gates.commit?.signOffs.length ?? 0) > 0;
  const kept = signed
    ? 'Sign-offs stand if what is staged comes out the same; nothing is committed before one of the signers orders it.'
    : 'Nobody has to do anything.';
  return message([
    section(`*${sentence(event.message)}*`),
    section(
      `It goes on once more from "${titleOfStep(event.to)}" (attempt ${takeOf(state) + 1}). ${event.signOffs === 'void' ? 'Sign-offs given so far count no more.' : kept}`,
    ),
  ]);
}

/** What was noticed, and what it means. Where people decide, what they decide moves here with its buttons. */
export function renderNoticed(
  event: EventOf<'noticed'>,
  { at, latest }: { at: RestoreState; latest: RestoreState },
): Message {
  const isAsked = waitingFor(at) === 'look';
  const isNewest = waitingFor(latest) === 'look' && latest.notices.length === at.notices.length;
  const signers = at.gates.commit?.signOffs.map(({ person }) => by(person)) ?? [];
  return message([
    section(`*${sentence(event.message, noticeChars)}*`),
    section(`${sentence(event.hint)}${isAsked ? ` *Needs an answer:* ${signers.join(' or ')}.` : ''}`),
    ...(isAsked && isNewest ? actions(buttonsFor(latest)) : []),
  ]);
}

/** Several hosts may have changed at once. */
const noticeChars = 1_000;

/** `at` is the state with the pause in it; the buttons go when it is over. */
export function renderPaused(
  event: EventOf<'pause-ordered'>,
  { at, latest }: { at: RestoreState; latest: RestoreState },
): Message {
  const since = at.paused?.at ?? 0;
  const lasts = waitingFor(latest) === 'paused' && latest.paused?.at === since;
  const clock =
    at.look === null
      ? 'The times of open gates go on.'
      : 'The time of the second look stands still meanwhile.';
  return message([
    section(`*${by(event.person)} paused the restore* (${clockTime(since)}): ${quote(event.reason)}`),
    section(
      `What is under way comes to its end, and nothing else begins until an approver of ${code(at.proposal.cluster)} resumes it. ${clock}`,
    ),
    ...(lasts ? actions(buttonsFor(latest)) : []),
  ]);
}

/** The end follows at once and says what it was stuck on. */
export function renderAbandoned(event: EventOf<'abandon-ordered'>, at: number): Message {
  return message([
    section(`*${by(event.person)} leaves it as it is* (${clockTime(at)}): ${quote(event.reason)}`),
    section(
      'Nothing is put back by this. What lies aside stays where it is; the next restore checks every host before it touches any.',
    ),
  ]);
}

export function renderResumed(event: EventOf<'resume-ordered'>, at: number): Message {
  return message([
    section(`*${by(event.person)} resumed the restore* (${clockTime(at)}). It goes on where it was.`),
  ]);
}

function by(person: Actor): string {
  return mention(person.userId, person.name);
}
