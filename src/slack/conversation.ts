/**
 * What a command or a press may do in Slack, without Bolt: answer the person, open a modal, fill it. Commands are
 * written against these words; `app.ts` builds them from what Bolt delivers.
 */
import type { HomeView, ModalView, PlainTextOption } from '@slack/types';
import type { ThreadChange, ThreadMessage } from '../restore/rules/thread.ts';
import type { Message } from './blocks.ts';

/** Somebody did something in a place. */
export interface Conversation {
  readonly userId: string;
  /** Where it was done; empty where Slack does not say, as in the Home tab. */
  readonly channel: string;
  /** The thread it was done in, `null` in the channel itself. */
  readonly threadTs: string | null;
  /** Seen only by that person. */
  tell(message: Message): Promise<void>;
  /**
   * Seen only by that person, in place of the answer that it was done on, four times more at most (slack.md 4.5). Absent where Slack
   * replaces nothing: the answer to a typed command has no address of its own (seen by others in Slack: bolt-js issue 2287).
   */
  replace?(message: Message): Promise<void>;
  /** Seen by everybody in the channel it was done in; the same as `tell` where there is none, or where the bot may not post. */
  share(message: Message): Promise<void>;
}

/** A trigger of three seconds is open: one modal may be shown. */
export interface Triggered {
  /** Shows a modal at once, or fills the one in which the person is. */
  show(view: ModalView): Promise<ShownModal>;
}

export interface ShownModal {
  /** Replaces its content; a modal that was closed meanwhile is no error. */
  fill(view: ModalView): Promise<void>;
}

export interface TypedCommand extends Conversation, Triggered {
  /** What follows `/aurora`, entities decoded. */
  readonly text: string;
}

export interface Press extends Conversation, Triggered {
  /** A button's value, or what was selected. */
  readonly value: string;
  /** The name of what was pressed. */
  readonly actionId: string;
  /** The message it was pressed on; `null` in a modal, and in the Home tab. */
  readonly message: { readonly channel: string; readonly ts: string } | null;
  /** The modal it was pressed in. */
  readonly inModal: { readonly metadata: string } | null;
}

export interface Submission extends Conversation {
  readonly metadata: string;
  /** By block id: what was typed or selected; empty when nothing was. */
  readonly values: Readonly<Record<string, string>>;
  /** By block id: the values that were selected where several can be. */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

/** Somebody types into a field that offers what fits. */
export interface Search {
  readonly userId: string;
  readonly metadata: string;
  /** What is in the field so far; empty when it was only opened. */
  readonly typed: string;
}

/** What a field offers: at most 100, and a line above them when there are more. */
export interface Offered {
  readonly options: readonly PlainTextOption[];
  readonly heading: string | null;
}

/** By block id. */
type FormFaults = Readonly<Record<string, string>>;

/** What is wrong with a form; `null` when it can be taken. Judged from the form alone, before it closes. */
export type FormCheck = (form: Pick<Submission, 'values' | 'chosen'>) => FormFaults | null;

/** The same by what is known of the restore as well, within Slack's three seconds. */
export type SubmissionCheck = (
  form: Pick<Submission, 'values' | 'chosen' | 'metadata' | 'userId'>,
) => FormFaults | null | Promise<FormFaults | null>;

/** A message of a person in a thread. */
export interface InThread {
  readonly channel: string;
  readonly threadTs: string;
  readonly message: ThreadMessage;
}

/** Something was said in a thread, or what was said there was changed. Nobody waits for an answer. */
export type ThreadNews = InThread & { readonly change: ThreadChange };

/** "More actions" on a message. */
export interface Shortcut extends Conversation {
  /** `null` where it is none that a person has posted into a thread. */
  readonly about: InThread | null;
}

export interface Mention extends Conversation {
  readonly text: string;
}

/** Somebody opened the Home tab of the bot. */
export interface HomeOpened {
  readonly userId: string;
  /** What that person sees there, until it is published again. */
  publish(view: HomeView): Promise<void>;
}

/** Everything that people can do, by its name in Slack. */
export interface Listeners {
  /** Slash commands by name, such as `/aurora`. */
  readonly commands: Readonly<Record<string, (typed: TypedCommand) => Promise<void>>>;
  readonly presses: Readonly<Record<string, (press: Press) => Promise<void>>>;
  readonly submissions: Readonly<Record<string, (submission: Submission) => Promise<void>>>;
  readonly searches: Readonly<Record<string, (search: Search) => Promise<Offered>>>;
  readonly formChecks: Readonly<Record<string, SubmissionCheck>>;
  readonly mention: (mention: Mention) => Promise<void>;
  readonly home: (opened: HomeOpened) => Promise<void>;
  /** On messages, by callback id. */
  readonly shortcuts: Readonly<Record<string, (shortcut: Shortcut) => Promise<void>>>;
  readonly thread: (news: ThreadNews) => Promise<void>;
}
