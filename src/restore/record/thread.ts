/**
 * What people say in a restore's thread, as far as it is part of the record: messages, and what became of them. What was said first is
 * kept; an edit and a deletion are events of their own. Bounded: after `threadEventsMax` nothing more is taken in.
 */
import { z } from 'zod';
import { actor, event, listOf } from './words.ts';

/** Of one restore; a thread of an incident has some tens. */
export const threadEventsMax = 1000;
/** Characters of one message that are kept. */
export const threadTextMax = 3000;
/** Names of files of one message that are kept. */
export const threadFilesMax = 10;

/** Slack's name of a message: when it was posted, in seconds with six decimals. */
const ts = z.string();

const threadSaid = event('thread-said', {
  person: actor,
  ts,
  text: z.string(),
  /** It was longer, and this is its beginning. */
  cut: z.literal(true).exactOptional(),
  /** Names of files that came with it. */
  files: listOf(z.string()).exactOptional(),
});

const threadEdited = event('thread-edited', { ts, text: z.string(), cut: z.literal(true).exactOptional() });

/** Slack does not say by whom. */
const threadDeleted = event('thread-deleted', { ts });

/** Somebody wants whoever reads the record to see it. */
const threadMarked = event('thread-marked', { ts, person: actor });

export const threadEvents = [threadSaid, threadEdited, threadDeleted, threadMarked] as const;
export type ThreadEvent = z.infer<(typeof threadEvents)[number]>;

/** A message as it is now. */
interface Heard {
  readonly text: string;
  readonly deleted: boolean;
  readonly marked: boolean;
}

export interface Thread {
  /** How many events there are: no more than `threadEventsMax`. */
  readonly events: number;
  /** By `ts`. */
  readonly heard: ReadonlyMap<string, Heard>;
}

export const emptyThread: Thread = { events: 0, heard: new Map() };

/** Throws when it cannot follow. */
export function foldThread({ events, heard }: Thread, said: ThreadEvent): Thread {
  const now = applied(said, heard.get(said.ts));
  return { events: events + 1, heard: new Map(heard).set(said.ts, now) };
}

function applied(said: ThreadEvent, known: Heard | undefined): Heard {
  if (said.type === 'thread-said') {
    if (known !== undefined) throw new Error(`${said.ts} was said already`);
    return { text: said.text, deleted: false, marked: false };
  }
  if (known === undefined || known.deleted) throw new Error(`${said.ts} is not there`);
  switch (said.type) {
    case 'thread-edited':
      return { ...known, text: said.text };
    case 'thread-deleted':
      return { ...known, deleted: true };
    case 'thread-marked':
      if (known.marked) throw new Error(`${said.ts} is marked already`);
      return { ...known, marked: true };
  }
}
