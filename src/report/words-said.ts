/** What people said in the thread, with what became of it. */
import type { Recorded } from '../aurora/journal.ts';
import type { RestoreEvent } from '../restore/record/events.ts';

export interface Words {
  /** When it was posted, by Slack's clock. */
  readonly at: number;
  readonly name: string;
  /** As it was said first. */
  readonly text: string;
  readonly isCut: boolean;
  readonly files: readonly string[];
  /** Who marked it as important; `null` when nobody did. */
  readonly markedBy: string | null;
  readonly edits: readonly { readonly at: number; readonly text: string }[];
  /** `null` while it is there. */
  readonly deletedAt: number | null;
}

/** Oldest first. */
export function wordsIn(records: readonly Recorded<RestoreEvent>[]): readonly Words[] {
  const people = namesIn(records);
  const said = new Map<string, Words>();
  const change = (ts: string, changed: (words: Words) => Partial<Words>): void => {
    const words = said.get(ts);
    if (words !== undefined) said.set(ts, { ...words, ...changed(words) });
  };
  for (const { event, at } of records) {
    switch (event.type) {
      case 'thread-said':
        said.set(event.ts, {
          at: Number(event.ts) * 1000,
          name: event.person.name,
          text: readable(event.text, people),
          isCut: event.cut === true,
          files: event.files ?? [],
          markedBy: null,
          edits: [],
          deletedAt: null,
        });
        break;
      case 'thread-edited':
        change(event.ts, ({ edits }) => ({ edits: [...edits, { at, text: readable(event.text, people) }] }));
        break;
      case 'thread-deleted':
        change(event.ts, () => ({ deletedAt: at }));
        break;
      case 'thread-marked':
        change(event.ts, () => ({ markedBy: event.person.name }));
        break;
      default:
    }
  }
  return [...said.values()].sort((a, b) => a.at - b.at);
}

/** Everybody who is named anywhere in the record, by their id in Slack. */
function namesIn(records: readonly Recorded<RestoreEvent>[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { event } of records) {
    const person = 'person' in event ? event.person : 'requester' in event ? event.requester : null;
    if (person !== null) names.set(person.userId, person.name);
  }
  return names;
}

/** Slack's own markup as people read it (slack.md 4.8): mentions as names, links as their words and address. */
function readable(text: string, people: ReadonlyMap<string, string>): string {
  return text
    .replace(/<@([UW][A-Z0-9]{1,20})(?:\|[^<>]*)?>/g, (_, id: string) => `@${people.get(id) ?? id}`)
    .replace(/<#[CG][A-Z0-9]{1,20}\|([^<>]+)>/g, '#$1')
    .replace(/<!(here|channel|everyone)(?:\|[^<>]*)?>/g, '@$1')
    .replace(/<!subteam\^[A-Z0-9]{1,20}\|([^<>]+)>/g, '$1')
    .replace(/<((?:https?|mailto):[^<>|]+)\|([^<>]+)>/g, '$2 ($1)')
    .replace(/<((?:https?|mailto):[^<>|]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
