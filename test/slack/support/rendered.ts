/** Everything a story makes visible, for tests that look at all of it. */
import type { RestoreEvent } from '../../../src/restore/record/events.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { renderCard } from '../../../src/slack/messages/card.ts';
import { messagesOf } from '../../../src/slack/messages/replies.ts';
import { decisionsOf, recordsOf, statesOf } from './whole-story.ts';

interface Rendered {
  readonly name: string;
  readonly message: Message;
}

/** The card after every event, and every message as it was when it was said and at the end. */
export function renderStory(events: readonly RestoreEvent[]): Rendered[] {
  const records = recordsOf(events);
  const states = statesOf(records);
  const last = states.at(-1);
  return records.flatMap((record, index) => {
    const state = states[index];
    if (state === undefined || last === undefined) return [];
    const next = records[index + 1]?.event ?? null;
    return [
      { name: `card after ${record.event.type}`, message: renderCard({ state, progress: null }) },
      ...messagesOf({ record, state, next, decisions: decisionsOf(records.slice(0, index + 1)) }).flatMap(
        (said) =>
          said.kind === 'file'
            ? []
            : [state, last].map((latest) => ({
                name: `${said.name} ${record.event.type}`,
                message: said.render(latest, 'https://acme.slack.com/archives/C0OPS/p1'),
              })),
      ),
    ];
  });
}

/** Every text in the blocks, and the notification. */
export function textsOf(message: { readonly text: string; readonly blocks: readonly unknown[] }): string[] {
  const texts: string[] = [message.text];
  JSON.stringify(message.blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}
