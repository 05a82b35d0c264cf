/**
 * The outbox: Slack is a window, and this is what cleans it. Promises: messages are rendered from committed events, in
 * order, never ahead of the journal; a fact has one visible message, also after a crash between posting and saving;
 * Slack being down or slow makes messages late, never lost, and never holds up a restore.
 *
 * This file decides when a pass is made; what a pass does is in outbox-pass.ts.
 */
import type { WebClient } from '@slack/web-api';
import { pauseAfter } from '../aurora/ask-again.ts';
import type { Clock } from '../aurora/clock.ts';
import { errorCodes, hasCode } from '../aurora/error-codes.ts';
import { messageOf } from '../aurora/errors.ts';
import { createHeldLease, type HeldLease } from '../aurora/held-lease.ts';
import { type Documents, type Journal, type Leases, readAsFar } from '../aurora/journal.ts';
import type { PostLedger } from '../aurora/outbox.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import { EditsTold } from './edits-told.ts';
import type { Log } from './log.ts';
import { cardName, hasOffered, type Pressed } from './offered.ts';
import { runPass } from './outbox-pass.ts';
import { nameOf, Poster } from './post.ts';
import { Projection } from './projection.ts';
import { type PassDeps, readLink } from './put.ts';
import { SlackReader } from './seen.ts';
import { ShutOuts } from './shut-out.ts';
import { readSlackFailure } from './slack-failure.ts';
import { listUntold } from './untold.ts';

export interface Outbox {
  /** Brings Slack up to date with what is committed now, and answers when it is; throws what Slack threw. */
  flush(restoreId: string): Promise<void>;
  /** What a step is waiting for; shown on the card only, `null` when it waits for nothing. */
  progress(restoreId: string, text: string | null): void;
  /** Follows the journal from now on, and catches up with what was committed before. */
  start(): Promise<void>;
  /** Stops following; a message that is under way is finished first. */
  stop(): Promise<void>;
  /** The restore whose thread this is. */
  findRestore(thread: { channel: string; threadTs: string }): Promise<string | null>;
  /** Whether one of its messages, at this place, has borne that button: else the press is of something that we have not posted. */
  hasOffered(
    pressed: Pressed & { restoreId: string; message: { channel: string; ts: string } },
  ): Promise<boolean>;
  /** The address of a restore's card; `null` while there is none. */
  linkOf(restoreId: string): Promise<string | null>;
  /** Slack's word for why nothing of it can be shown in its channel; `null` when nothing is known to stand in the way. */
  shutOutOf(restoreId: string): string | null;
}

export interface OutboxDeps {
  readonly journal: Pick<Journal<RestoreEvent>, 'read' | 'listRestores' | 'readSummaries' | 'onAppend'>;
  readonly ledger: PostLedger;
  readonly documents: Pick<Documents, 'load'>;
  /** From `createPostingClient`: it must not try again by itself. */
  readonly client: WebClient;
  readonly clock: Clock;
  readonly log: Log;
  /** With several bots: who posts. Left out, this process does. */
  readonly lease?: { readonly leases: Leases; readonly owner: string };
  /** Between two edits of a card; what changes meanwhile is in the next one. Default 3 s. */
  readonly cardEditMs?: number;
  /** How often restores that other replicas wrote to are looked at. */
  readonly pollMs?: number;
  /** How often it is looked whether somebody deleted or edited what people decide by: a call or two for each open restore. */
  readonly lookMs?: number;
  /** Somebody else has edited a message of ours; it is put right. Told once in ten minutes for each message. */
  readonly onEdited?: (edited: { restoreId: string; name: string }) => Promise<void>;
}

/** Builds the outbox; nothing is read or sent before `start` or `flush`. */
export function createOutbox(deps: OutboxDeps): Outbox {
  return new JournalOutbox(deps);
}

/** One restore that is being shown. */
interface Desk {
  projection: Projection;
  /** What is waited for, and when that was last heard. */
  progress: { readonly text: string; readonly at: number } | null;
  editableAt: number;
  /** When it was last looked at whether what people need is still there. */
  lookedAt: number;
  failures: number;
  /** Passes of one restore never overlap: each waits for the one before. */
  tail: Promise<void>;
  pending: number;
  /** A pass is queued that has not read the journal yet. */
  queued: boolean;
  /** When the timer for another pass ends; 0 without one. */
  timerAt: number;
}

/** `chat.update` is Tier 3: about fifty a minute for the whole app, whatever cards there are (slack.md 4.3). */
const cardEditMsDefault = 3_000;
const pollMsDefault = 3_000;
/** Where Slack lets nobody edit: a channel is not filled with cards. */
const movedCardMs = 60_000;
const lookMsDefault = 30_000;

class JournalOutbox implements Outbox {
  readonly #deps: OutboxDeps;
  readonly #passDeps: PassDeps;
  readonly #poster: Poster;
  readonly #shutOuts: ShutOuts;
  readonly #editsTold: EditsTold;
  readonly #lease: HeldLease | null;
  readonly #desks = new Map<string, Desk>();
  readonly #stopping = new AbortController();
  readonly #background = new Set<Promise<void>>();
  #unfollow: () => void = () => undefined;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#lease =
      deps.lease === undefined
        ? null
        : createHeldLease({ ...deps.lease, name: 'the outbox', clock: deps.clock });
    this.#poster = new Poster({ ...deps, assertOurs: () => this.#lease?.assertOurs() });
    this.#shutOuts = new ShutOuts(deps);
    this.#editsTold = new EditsTold(deps);
    this.#passDeps = { ...deps, poster: this.#poster, reader: new SlackReader(deps), refusedPins: new Set() };
  }

  async flush(restoreId: string): Promise<void> {
    const desk = this.#deskOf(restoreId);
    desk.editableAt = 0;
    desk.lookedAt = 0;
    await this.#enqueue(desk);
  }

  progress(restoreId: string, text: string | null): void {
    const desk = this.#deskOf(restoreId);
    if ((desk.progress?.text ?? null) === text) return;
    desk.progress = text === null ? null : { text, at: this.#deps.clock.now() };
    this.#wake(restoreId);
  }

  async start(): Promise<void> {
    this.#unfollow = this.#deps.journal.onAppend((restoreId) => this.#wake(restoreId));
    for (const restoreId of await listUntold(this.#deps)) this.#wake(restoreId);
    this.#keep(this.#poll());
  }

  async stop(): Promise<void> {
    this.#unfollow();
    this.#stopping.abort();
    await Promise.allSettled([...this.#background, ...[...this.#desks.values()].map((desk) => desk.tail)]);
    await this.#lease?.release();
  }

  async findRestore({ channel, threadTs }: { channel: string; threadTs: string }): Promise<string | null> {
    const post = await this.#deps.ledger.findPostAt({ channel, ts: threadTs });
    return post !== null && nameOf(post) === cardName ? post.restoreId : null;
  }

  async hasOffered({
    restoreId,
    message,
    ...pressed
  }: Pressed & { restoreId: string; message: { channel: string; ts: string } }): Promise<boolean> {
    const post = await this.#deps.ledger.findPostAt(message);
    if (post?.restoreId !== restoreId) return false;
    const { records } = await readAsFar(this.#deps.journal, { restoreId });
    return hasOffered(records, nameOf(post), pressed);
  }

  async linkOf(restoreId: string): Promise<string | null> {
    return await readLink(this.#deps, restoreId);
  }

  shutOutOf(restoreId: string): string | null {
    return this.#shutOuts.of(restoreId);
  }

  #deskOf(restoreId: string): Desk {
    const known = this.#desks.get(restoreId);
    if (known !== undefined) return known;
    const desk: Desk = {
      projection: new Projection(restoreId),
      progress: null,
      editableAt: 0,
      lookedAt: 0,
      failures: 0,
      tail: Promise.resolve(),
      pending: 0,
      queued: false,
      timerAt: 0,
    };
    this.#desks.set(restoreId, desk);
    return desk;
  }

  /** Queues a pass in the background; what comes while one is queued is covered by it. */
  #wake(restoreId: string): void {
    if (this.#stopping.signal.aborted) return;
    const desk = this.#deskOf(restoreId);
    // After a failure the timer decides; until then nothing is gained by asking.
    if (desk.queued || (desk.failures > 0 && desk.timerAt !== 0)) return;
    desk.queued = true;
    this.#keep(this.#enqueue(desk).catch((error: unknown) => this.#later(desk, error)));
  }

  #enqueue(desk: Desk): Promise<void> {
    desk.pending += 1;
    const pass = desk.tail.then(() => this.#pass(desk)).finally(() => this.#tidy(desk));
    desk.tail = pass.catch(() => undefined);
    return pass;
  }

  async #pass(desk: Desk): Promise<void> {
    desk.queued = false;
    const turn = (await this.#lease?.take()) ?? 'held';
    if (turn === 'not-ours') return;
    if (turn === 'taken') this.#forgetWhatOthersDid();
    const startedAt = this.#deps.clock.now();
    const looksAgain = startedAt - desk.lookedAt >= (this.#deps.lookMs ?? lookMsDefault);
    const pace = { progress: desk.progress, editableAt: desk.editableAt, looksAgain };
    const pass = async () => await runPass(this.#passDeps, desk.projection, pace);
    const result = await (this.#lease?.during(pass) ?? pass());
    desk.failures = 0;
    this.#keep(this.#editsTold.tell(desk.projection.restoreId, result.edited));
    this.#shutOuts.over(desk.projection.restoreId);
    if (looksAgain) desk.lookedAt = startedAt;
    const now = this.#deps.clock.now();
    if (result.cardEdited) desk.editableAt = now + (this.#deps.cardEditMs ?? cardEditMsDefault);
    if (result.cardMoved) desk.editableAt = now + movedCardMs;
    if (result.late !== null) throw result.late;
    if (result.cardWaits) this.#wakeIn(desk, Math.max(1, desk.editableAt - now));
    if (result.lookAt !== null) this.#wakeIn(desk, Math.max(1, result.lookAt - now));
  }

  /** A restore that has ended and is told to its end needs no desk any more. */
  #tidy(desk: Desk): void {
    desk.pending -= 1;
    const { projection, failures, timerAt } = desk;
    const { waiting, awaited } = projection;
    const told = projection.state?.ended != null && waiting.length === 0 && awaited.length === 0;
    if (told && desk.pending === 0 && failures === 0 && timerAt === 0)
      this.#desks.delete(projection.restoreId);
  }

  #later(desk: Desk, error: unknown): void {
    // Whoever has it now says all of it; the next poll asks whose turn it is.
    if (hasCode(error, errorCodes.leaseLost)) return;
    const failure = readSlackFailure(error);
    if (failure?.kind === 'rate-limited') {
      // Not all of Slack: what is committed meanwhile may need another method, and is shown at once.
      this.#wakeIn(desk, failure.retryAfterMs);
      return;
    }
    desk.failures += 1;
    const { restoreId } = desk.projection;
    const pace = { about: `${restoreId} ${desk.failures}`, everyMs: 500, longestMs: 60_000 };
    const waitMs = pauseAfter(desk.failures, pace);
    // A mistake of ours must not stop the other restores: this one is tried again, and stands in the log.
    const level = failure === null ? 'error' : 'warn';
    this.#deps.log(level, { restoreId, err: error, waitMs }, `messages are late: ${messageOf(error)}`);
    this.#keep(this.#shutOuts.heard(error, desk.projection.state));
    this.#wakeIn(desk, waitMs);
  }

  #wakeIn(desk: Desk, ms: number): void {
    const at = this.#deps.clock.now() + ms;
    if (this.#stopping.signal.aborted || (desk.timerAt !== 0 && desk.timerAt <= at)) return;
    desk.timerAt = at;
    this.#keep(
      this.#deps.clock.sleep(ms, this.#stopping.signal).then(() => {
        if (desk.timerAt !== at) return;
        desk.timerAt = 0;
        this.#wake(desk.projection.restoreId);
      }),
    );
  }

  async #poll(): Promise<void> {
    const { clock, journal, log, pollMs } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(pollMs ?? pollMsDefault, this.#stopping.signal);
      try {
        for (const { restoreId } of await journal.listRestores({ open: true })) this.#wake(restoreId);
        for (const restoreId of this.#desks.keys()) this.#wake(restoreId);
      } catch (error) {
        log('warn', { err: error }, 'the journal cannot be listed; trying again');
      }
    }
  }

  #keep(work: Promise<void>): void {
    this.#background.add(work);
    void work.catch(() => undefined).finally(() => this.#background.delete(work));
  }

  #forgetWhatOthersDid(): void {
    this.#poster.doubt();
    for (const desk of this.#desks.values()) desk.projection = new Projection(desk.projection.restoreId);
  }
}
