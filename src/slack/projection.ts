/**
 * One restore as the outbox sees it: the fold of its journal as far as it was read, and the messages that events made.
 * Pure but for the reading; the outbox decides what to send.
 */
import { type Journal, JournalUnreadable, type Recorded, readAsFar } from '../aurora/journal.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { foldRecord } from '../restore/record/fold.ts';
import type { RestoreState } from '../restore/record/state.ts';
import type { Message } from './blocks.ts';
import { decidedLine } from './messages/decided.ts';
import { type Attached, messagesOf, type Said } from './messages/replies.ts';

export interface Entry {
  readonly seq: number;
  readonly messages: readonly (Said | Attached)[];
}

/** A file that Slack has taken. */
export interface AwaitedFile {
  readonly file: Attached;
  readonly fileId: string;
  /** The thread that it went into; the card may have moved since. */
  readonly threadTs: string;
  /** When to look for it, in epoch milliseconds. */
  readonly lookAt: number;
  readonly tries: number;
}

export class Projection {
  readonly restoreId: string;
  #state: RestoreState | null = null;
  #unreadable: JournalUnreadable | null = null;
  #firstHash = '';
  /** What people decided so far, in words: the report lists it. */
  readonly #decisions: string[] = [];
  /** Events that made messages and are not posted yet, oldest first. */
  #waiting: Entry[] = [];
  /** Posted messages whose buttons may still have to go. */
  readonly live = new Map<string, Said>();
  /** Address of the card that was there before, when it was deleted and left a thread; `undefined` until it was asked for. */
  earlierThread: string | null | undefined;
  /** All messages that events made, by name, posted or not. */
  readonly said = new Map<string, Said>();
  /** By key, what Slack shows: an equal rendering costs nothing. */
  readonly shown = new Map<
    string,
    { readonly hash: string; readonly ts: string; readonly message: Message }
  >();

  /** The card that this process has pinned; `undefined` while it does not know. */
  pinned: string | null | undefined;
  /** Files that this process has uploaded and not seen in the thread yet. */
  awaited: readonly AwaitedFile[] = [];

  constructor(restoreId: string) {
    this.restoreId = restoreId;
  }

  get state(): RestoreState | null {
    return this.#state;
  }

  /** Why the state is not the newest one; `null` when it is. */
  get unreadable(): JournalUnreadable | null {
    return this.#unreadable;
  }

  get waiting(): readonly Entry[] {
    return this.#waiting;
  }

  /** Reads what is new; entries up to `cursor` were posted by an earlier run and only their buttons matter. */
  async readOn(journal: Pick<Journal<RestoreEvent>, 'read'>, cursor: number): Promise<void> {
    const { restoreId } = this;
    const { records, unreadable } = await readAsFar(journal, { restoreId, afterSeq: this.#state?.seq ?? 0 });
    this.#unreadable = unreadable;
    try {
      records.forEach((record, index) => {
        this.#take(record, records[index + 1]?.event ?? null, cursor);
      });
    } catch (error) {
      if (!(error instanceof JournalUnreadable)) throw error;
      this.#unreadable = error;
    }
  }

  /** The event's messages are all in Slack. */
  settle(entry: Entry): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== entry);
    for (const said of entry.messages)
      if (said.kind === 'message' && said.live) this.live.set(said.name, said);
  }

  /** `R1:17.0`. */
  keyOf(name: string): string {
    return `${this.restoreId}:${name}`;
  }

  /** Tells this journal from another one whose restores have the same names. */
  get journalName(): string {
    return this.#firstHash.slice(0, 12);
  }

  markOf(name: string): string {
    return `${this.keyOf(name)}@${this.journalName}`;
  }

  #take(record: Recorded<RestoreEvent>, next: RestoreEvent | null, cursor: number): void {
    const state = foldRecord(this.#state, record);
    if (this.#state === null) this.#firstHash = record.hash;
    this.#state = state;
    const decision = decidedLine(record);
    if (decision !== null) this.#decisions.push(decision);
    const messages = messagesOf({ record, state: this.#state, next, decisions: [...this.#decisions] });
    if (messages.length === 0) return;
    const entry = { seq: record.seq, messages };
    for (const each of messages) if (each.kind === 'message') this.said.set(each.name, each);
    this.#waiting.push(entry);
    if (record.seq <= cursor) this.settle(entry);
  }
}
