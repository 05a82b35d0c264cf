/** Turns of a restore that nobody signs: tasks left out, begun once more, a pause. */
import type { Actor, RestoreEvent } from '../../restore/events.ts';
import { titleOfStep } from '../../restore/plan.ts';
import { type RestoreState, takeOf } from '../../restore/state.ts';
import { type Message, message, section } from '../blocks.ts';
import { code, mention, quote, sentence } from '../escape.ts';
import { clockTime, count } from '../time.ts';

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
    ? 'Sign-offs stand if what is staged comes out the same; the commit is ordered again.'
    : 'Nobody has to do anything.';
  return message([
    section(`*${sentence(event.message)}*`),
    section(
      `It goes on once more from "${titleOfStep(event.to)}" (attempt ${takeOf(state) + 1}). ${event.signOffs === 'void' ? 'Sign-offs given so far count no more.' : kept}`,
    ),
  ]);
}

export function renderPaused(event: EventOf<'pause-ordered'>, at: number, state: RestoreState): Message {
  return message([
    section(`*${by(event.person)} paused the restore* (${clockTime(at)}): ${quote(event.reason)}`),
    section(
      `What is under way comes to its end, and nothing else begins until an approver of ${code(state.proposal.cluster)} resumes it. The times of open gates go on.`,
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
