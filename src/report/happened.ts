/** Who decided what and when, in their words, and what happened beside it that changed what they decided on. */
import type { Recorded } from '../aurora/journal.ts';
import { type Wording, wayOf } from '../restore/decisions/decision.ts';
import { gateWords } from '../restore/decisions/gate-words.ts';
import { decisionOf, isDecided } from '../restore/decisions/index.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { workWords } from '../restore/record/work-done.ts';
import { titleOfStep } from '../restore/steps/index.ts';

export interface Happened {
  /** Milliseconds since the epoch, by the bot's clock. */
  readonly at: number;
  /** `decision`: by a person or by the clock that people set. */
  readonly kind: 'decision' | 'event';
  /** One line that begins with a name or a lower-case word, without an end. */
  readonly text: string;
}

/** Oldest first. */
export function happenedIn(records: readonly Recorded<RestoreEvent>[]): readonly Happened[] {
  return records.flatMap(({ event, at }) => {
    const text = isDecided(event) ? decisionOf(event).told(event, plainWording) : beside(event);
    if (text === null) return [];
    return [{ at, kind: isDecision(event) ? ('decision' as const) : ('event' as const), text }];
  });
}

/** As it is written into a file of text: whoever renders it escapes the whole. */
export const plainWording: Wording = {
  quote: (text) => `“${text}”`,
  name: (person) => `${person.name}${wayOf(person)}`,
  time: (ms) => utcText(ms),
  // Digests and lists of tasks: the record and the other tables have them.
  detail: () => '',
};

/** `2026-11-23 14:16:20 UTC`; a number that is not a date as it is. */
export function utcText(ms: number): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return `${ms} ms, which is not a date`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function isDecision(event: RestoreEvent): boolean {
  return isDecided(event) || event.type === 'restore-proposed' || event.type === 'left-work-done';
}

function beside(event: RestoreEvent): string | null {
  switch (event.type) {
    case 'restore-proposed':
      return `${plainWording.name(event.requester)} proposed it: ${plainWording.quote(event.reason)}`;
    case 'gate-passed':
      return `${gateWords[event.gate]} had its sign-offs: ${event.signers.map(plainWording.name).join(', ')}`;
    case 'gate-expired':
      return `the time for ${gateWords[event.gate]} ran out`;
    case 'sign-off-fell':
      return `a sign-off was dropped: ${event.message}`;
    case 'approvers-changed':
      return 'the approvers were changed in the configuration';
    case 'taken-back':
      return `retried from “${titleOfStep(event.to)}”, and sign-offs ${event.signOffs === 'kept' ? 'still counted if the result was the same' : 'no longer counted'}: ${event.message}`;
    case 'foreign-hand':
      return `somebody else was seen at work, and sign-offs no longer counted: ${event.message}`;
    case 'noticed':
      return `noticed: ${event.message}`;
    case 'step-failed':
      return `stuck at “${titleOfStep(event.step)}”: ${event.message}`;
    case 'refused':
      return `${plainWording.name(event.person)} was refused (${event.what}): ${event.message}`;
    case 'message-edited':
      return `somebody edited a message of the bot in Slack (${event.name}); it was put right`;
    case 'left-work-done':
      return `${plainWording.name(event.person)} ${workWords[event.work]}`;
    case 'restore-ended':
      return `ended, ${event.outcome}: ${event.message}`;
    default:
      return null;
  }
}
