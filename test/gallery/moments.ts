/** The state of a restore, and what its events make visible, at a moment of a story. */
import type { GateName, RestoreEvent } from '../../src/restore/record/events.ts';

import type { RestoreState } from '../../src/restore/record/state.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Opened } from '../../src/slack/decisions/dialogue.ts';
import { dialogues } from '../../src/slack/decisions/index.ts';
import { renderCard } from '../../src/slack/messages/card.ts';
import { messagesOf } from '../../src/slack/messages/replies.ts';
import { cy } from '../restore/support/story.ts';
import { decisionsOf, recordsOf, statesOf } from '../slack/support/whole-story.ts';
import type { ShownMessage, ShownView } from './example.ts';

export const threadLink = 'https://acme.slack.com/archives/C0OPS/p1763907600000100';

type Story = readonly RestoreEvent[];

export function lastOf(events: Story): RestoreState {
  const state = statesOf(recordsOf(events)).at(-1);
  if (state === undefined) throw new Error('a story has events');
  return state;
}

/** The story up to the last event of this type, with it. */
export function upTo(
  events: Story,
  type: RestoreEvent['type'],
  fits: (event: RestoreEvent) => boolean = () => true,
): Story {
  const end = events.findLastIndex((event) => event.type === type && fits(event));
  if (end < 0) throw new Error(`no ${type} in the story`);
  return events.slice(0, end + 1);
}

/** The `nth` message that the last event of the story makes, as it reads once `later` has happened too. */
export function said(events: Story, { nth = 0, later = [] }: { nth?: number; later?: Story } = {}): Message {
  const all = [...events, ...later];
  const records = recordsOf(all);
  const states = statesOf(records);
  const index = events.length - 1;
  const [record, state, latest] = [records[index], states[index], states.at(-1)];
  if (record === undefined || state === undefined || latest === undefined)
    throw new Error('a story has events');
  const messages = messagesOf({
    record,
    state,
    next: all[index + 1] ?? null,
    decisions: decisionsOf(records.slice(0, index + 1)),
  }).filter((part) => part.kind === 'message');
  const wanted = messages[nth];
  if (wanted === undefined) throw new Error(`${record.event.type} makes ${messages.length} messages`);
  return wanted.render(latest, wanted.linked ? threadLink : null);
}

type Titled = Omit<ShownMessage, 'kind' | 'message'>;

/** A reply in the thread. */
export function reply(about: Titled, message: Message): ShownMessage {
  return { ...about, kind: 'thread', message };
}

/** A message of the channel. */
export function inChannel(about: Titled, message: Message): ShownMessage {
  return { ...about, kind: 'channel', message };
}

/** What only the person sees who asked or pressed. */
export function onlyYou(about: Titled, message: Message): ShownMessage {
  return { ...about, kind: 'you', message };
}

export function card(
  about: Titled,
  events: Story,
  changes: Omit<Parameters<typeof renderCard>[0], 'state' | 'progress'> & { progress?: string } = {},
): ShownMessage {
  return inChannel(about, renderCard({ state: lastOf(events), progress: null, ...changes }));
}

/** The form that opens when Cy presses the button at the end of the story. */
export function formOf(
  about: Titled,
  decision: keyof typeof dialogues,
  events: Story,
  changes: { gate?: GateName } & Partial<Pick<Opened, 'staged' | 'signing' | 'userId'>> = {},
): ShownView {
  const state = lastOf(events);
  const view = dialogues[decision].form.show({
    state,
    gate: null,
    metadata: '',
    userId: cy.userId,
    now: state.look?.askedAt ?? state.proposedAt,
    staged: [],
    ...changes,
  });
  return { ...about, kind: 'form', view };
}
