/** What happens to a restore that nobody decided: begun once more, something noticed. */

import type { EventOf } from '../../restore/record/events.ts';
import { type RestoreState, rewindsOf } from '../../restore/record/state.ts';
import { titleOfStep } from '../../restore/steps/index.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { by } from '../decisions/dialogue.ts';
import { sentence } from '../escape.ts';
import { lookAnswer, onTheCard } from './answered.ts';
import { waitingFor } from './waiting.ts';

/** Begun once more, and what that does to the sign-offs. */
export function renderRewind(event: EventOf<'taken-back'>, state: RestoreState): Message {
  const signed = (state.gates.commit?.signOffs.length ?? 0) > 0;
  const kept = signed
    ? 'Sign-offs still count if the result is the same; nothing is committed until a signer orders it.'
    : 'Nobody has to do anything.';
  return message([
    section(`*${sentence(event.message)}*`),
    section(
      `It is retried from "${titleOfStep(event.to)}" (attempt ${rewindsOf(state) + 1}). ${event.signOffs === 'void' ? 'Earlier sign-offs no longer count.' : kept}`,
    ),
  ]);
}

/** What was noticed, and what it means. Where people decide, they are asked again here. */
export function renderNoticed(
  event: EventOf<'noticed'>,
  { at, latest }: { at: RestoreState; latest: RestoreState },
): Message {
  const isAsked = waitingFor(at) === 'look';
  const answer = lookAnswer({ at, latest });
  const signers = at.gates.commit?.signOffs.map(({ person }) => by(person)) ?? [];
  return message([
    ...(answer === null || !isAsked ? [] : [section(answer)]),
    section(`*${sentence(event.message, noticeChars)}*`),
    section(
      `${sentence(event.hint)}${isAsked && answer === null ? ` *Needs an answer:* ${signers.join(' or ')}.` : ''}`,
    ),
    ...(isAsked && answer === null ? [context(onTheCard)] : []),
  ]);
}

/** Several hosts may have changed at once. */
const noticeChars = 1_000;
