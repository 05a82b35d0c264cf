/** One line for people about an event of the record. What people and strangers turned is a sentence; the rest is name and values. */
import { escaped, quoted } from '../aurora/printable.ts';
import { type Wording, wayOf } from '../restore/decisions/decision.ts';
import { decisionOf, isDecided } from '../restore/decisions/index.ts';
import type { RestoreEvent } from '../restore/record/events.ts';

/** Foreign words are quoted as JSON strings: nothing in them reaches a terminal as a control character, and none ends its quotes. */
const wording: Wording = {
  quote: quoted,
  name: (person) => quoted(`${person.name}${wayOf(person)}`).slice(1, -1),
  time: (ms) => new Date(ms).toISOString(),
  detail: (text) => ` (${text})`,
};

/** One line, whatever the event holds. */
export function sentenceOf(event: RestoreEvent): string {
  return escaped(sentenceAsTold(event));
}

function sentenceAsTold(event: RestoreEvent): string {
  if (isDecided(event)) return decisionOf(event).told(event, wording);
  switch (event.type) {
    case 'taken-back': {
      const kept =
        event.signOffs === 'kept'
          ? 'sign-offs still count if the result is the same'
          : 'earlier sign-offs no longer count';
      return `retried from ${event.to}, ${kept}: ${wording.quote(event.message)}`;
    }
    case 'foreign-hand': {
      const where = event.host === '' ? '' : ` on ${event.host}`;
      return `somebody else was seen at work${where} (${event.act}), earlier sign-offs no longer count: ${wording.quote(event.message)}`;
    }
    case 'noticed':
      return `noticed: ${wording.quote(event.message)}`;
    default:
      return valuesOf(event);
  }
}

/** The event's name and its plain values. A text that is not one plain word is quoted: it cannot pose as another value. */
function valuesOf(event: RestoreEvent): string {
  const values = Object.entries(event).flatMap(([key, value]) => {
    if (key === 'type') return [];
    if (typeof value === 'string') return [`${key}=${wordOf(value)}`];
    if (typeof value === 'number' || typeof value === 'boolean') return [`${key}=${value}`];
    if (value !== null && typeof value === 'object' && 'name' in value && typeof value.name === 'string')
      return [`${key}=${wordOf(value.name)}`];
    return [];
  });
  return [event.type, ...values].join('  ');
}

function wordOf(text: string): string {
  return /^[\w./:@+-]*$/.test(text) ? text : quoted(text);
}
