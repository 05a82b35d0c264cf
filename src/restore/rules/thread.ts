/** What becomes part of the record of what people say in a restore's thread, and why not. Pure. */
import { hideSecrets } from '../../aurora/hidden.ts';
import {
  type Thread,
  type ThreadEvent,
  threadEventsMax,
  threadFilesMax,
  threadTextMax,
} from '../record/thread.ts';
import type { Actor } from '../record/words.ts';
import type { Refusal } from './gates.ts';

/** A message of a person, as Slack tells of it. */
export interface ThreadMessage {
  readonly userId: string;
  readonly ts: string;
  readonly text: string;
  /** Names of files. */
  readonly files: readonly string[];
}

export type ThreadChange =
  | { readonly kind: 'said' | 'deleted' }
  | { readonly kind: 'edited'; readonly text: string };

const tsPattern = /^\d{10}\.\d{6}$/;
const fileCharsMax = 200;

/**
 * In the order they are to be written. Nothing for what is known already: Slack tells things twice, and tells of edits that change no
 * word. A message that was never heard of stands there first, as it was before it was changed.
 */
export function hearInThread(
  thread: Thread,
  heard: { message: ThreadMessage; change: ThreadChange; person: Actor },
): readonly ThreadEvent[] {
  const { message, change, person } = heard;
  const { ts } = message;
  const known = thread.heard.get(ts);
  if (!tsPattern.test(ts) || known?.deleted === true) return [];
  const first = known === undefined ? [saidEvent(message, person)] : [];
  const before = known?.text ?? kept(message.text).text;
  const events = [...first, ...changeEvents(ts, before, change)];
  return hasRoom(thread, events) ? events : [];
}

/** Marks it as important for whoever reads the record. */
export function markInThread(
  thread: Thread,
  marked: { message: ThreadMessage; author: Actor; person: Actor },
): Refusal | readonly ThreadEvent[] {
  const { message, author, person } = marked;
  const { ts } = message;
  const known = thread.heard.get(ts);
  if (known?.marked === true) return markedAlready;
  if (!tsPattern.test(ts) || known?.deleted === true) return gone;
  const first = known === undefined ? [saidEvent(message, author)] : [];
  const events = [...first, { type: 'thread-marked' as const, ts, person }];
  return hasRoom(thread, events) ? events : full;
}

function changeEvents(ts: string, before: string, change: ThreadChange): ThreadEvent[] {
  switch (change.kind) {
    case 'said':
      return [];
    case 'deleted':
      return [{ type: 'thread-deleted', ts }];
    case 'edited': {
      const now = kept(change.text);
      return now.text === before ? [] : [{ type: 'thread-edited', ts, ...now }];
    }
  }
}

function saidEvent({ ts, text, files }: ThreadMessage, person: Actor): ThreadEvent {
  const names = files.slice(0, threadFilesMax).map((name) => hideSecrets(name).slice(0, fileCharsMax));
  return {
    type: 'thread-said',
    person,
    ts,
    ...kept(text),
    ...(names.length > 0 && { files: names }),
  };
}

/** A record outlives a password that somebody pasted. */
function kept(text: string): { text: string; cut?: true } {
  const shown = hideSecrets(text);
  return shown.length <= threadTextMax
    ? { text: shown }
    : { text: shown.slice(0, threadTextMax).toWellFormed(), cut: true };
}

function hasRoom(thread: Thread, events: readonly ThreadEvent[]): boolean {
  return thread.events + events.length <= threadEventsMax;
}

const markedAlready: Refusal = {
  code: 'marked-already',
  message: 'This message is marked as important already.',
  hint: 'The report shows it with your colleague’s name.',
};
const gone: Refusal = {
  code: 'message-gone',
  message: 'This message no longer exists.',
  hint: 'What was said first is in the record.',
};
const full: Refusal = {
  code: 'record-full',
  message: `The record of this restore takes in at most ${threadEventsMax} messages and changes of its thread.`,
  hint: 'Save the message another way.',
};
