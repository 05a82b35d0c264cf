import { AuroraError } from '../../aurora/errors.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { quote, sentence } from '../escape.ts';

/** Seen only by the person refused: the reason, then the next step. */
export function renderRefusal(refusal: { message: string; hint: string }): Message {
  return message([section(`*${sentence(refusal.message)}*`), section(sentence(refusal.hint))]);
}

/** The same for a form that has closed: what was typed into it is not lost. */
export function renderRefusedProposal(
  refusal: { message: string; hint: string },
  typed: { reason: string; incident: string },
): Message {
  const { text, blocks } = renderRefusal(refusal);
  const incident = typed.incident === '' ? '' : `, incident ${quote(typed.incident, 500)}`;
  return { text, blocks: [...blocks, context(`You had typed: ${quote(typed.reason)}${incident}`)] };
}

/** What went wrong while answering somebody. `reference` is in the log beside the error itself. */
export function renderFailure(thrown: unknown, reference: string): Message {
  if (thrown instanceof AuroraError) return renderRefusal(thrown);
  return message([
    section('*That did not work: the bot made a mistake, not you.*'),
    section('`/aurora status` shows what is recorded; only what is there was done. Try again after that.'),
    context(`Reference ${reference}, in the log of the bot.`),
  ]);
}
