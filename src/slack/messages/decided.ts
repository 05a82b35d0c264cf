/** What people decided in a restore, a line each, for its report. From the journal: the state keeps only what counts now. */
import type { Recorded } from '../../aurora/journal.ts';
import { type Wording, wayOf } from '../../restore/decisions/decision.ts';
import { gateWords } from '../../restore/decisions/gate-words.ts';
import { decisionOf, isDecided } from '../../restore/decisions/index.ts';
import type { Actor, RestoreEvent } from '../../restore/record/events.ts';
import { titleOfStep } from '../../restore/steps/index.ts';
import { foreign, quote, sentence } from '../escape.ts';
import { clockTime } from '../time.ts';

/** The line of one event, as mrkdwn; `null` for an event that nobody decided. */
export function decidedLine({ event, at }: Recorded<RestoreEvent>): string | null {
  const text = decidedText(event);
  return text === null ? null : `${clockTime(at)} ${text}`;
}

const wording: Wording = {
  quote: (text) => quote(text, 120),
  // Names, not mentions: everybody knows by now, nobody has to act, and a message mentions nobody twice.
  name: (person) => `${foreign(person.name, 60)}${escapedWay(person)}`,
  time: clockTime,
  detail: () => '',
};

function escapedWay(person: Actor): string {
  const way = wayOf(person);
  return way === '' ? '' : ` ${foreign(way, 100)}`;
}

function decidedText(event: RestoreEvent): string | null {
  if (isDecided(event)) return decisionOf(event).told(event, wording);
  switch (event.type) {
    case 'restore-proposed':
      return `${wording.name(event.requester)} proposed it: ${wording.quote(event.reason)}`;
    case 'gate-expired':
      return `the time for ${gateWords[event.gate]} ran out`;
    case 'taken-back':
      return `it was retried from "${titleOfStep(event.to)}", and sign-offs ${event.signOffs === 'kept' ? 'still counted if the result was the same' : 'no longer counted'}: ${sentence(event.message, 200)}`;
    case 'foreign-hand':
      return `somebody else was seen at work, and sign-offs no longer counted: ${sentence(event.message, 200)}`;
    case 'noticed':
      return `it was noticed: ${sentence(event.message, 200)}`;
    default:
      return null;
  }
}
