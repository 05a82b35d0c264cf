/**
 * One pass of the outbox over one restore: what is committed and not yet in Slack, in order. May be repeated at any
 * point: everything it puts has a key.
 */
import type { JournalUnreadable } from '../aurora/journal.ts';
import type { RestoreState } from '../restore/record/state.ts';
import { lookForFiles, nextLookAt, putAttached } from './arrivals.ts';
import { type Message, message as plainMessage, section } from './blocks.ts';
import { renderCard, unreadableLines } from './messages/card.ts';
import { cardName } from './offered.ts';
import { pinCard } from './pins.ts';
import { type Address, contentHash, earlierKey } from './post.ts';
import type { Entry, Projection } from './projection.ts';
import { addressOf, lose, type PassDeps, put, putSaid, readLinkOf, type Seen } from './put.ts';
import { putRight } from './put-right.ts';
import { readSlackFailure } from './slack-failure.ts';

/** What the pass needs to know of the card's pace, and tells about it. */
interface CardPace {
  readonly progress: { readonly text: string; readonly at: number } | null;
  /** An edit before this instant waits, unless nothing else was posted yet. */
  readonly editableAt: number;
  /** Check whether what people need to act is still there: anybody may delete a message. */
  readonly looksAgain: boolean;
}

interface PassResult {
  readonly cardEdited: boolean;
  /** It could not be edited and was posted anew: not again with every change. */
  readonly cardMoved: boolean;
  /** Names of messages that somebody else had edited; they are put right. */
  readonly edited: readonly string[];
  /** The card is behind and may be edited from `CardPace.editableAt` on. */
  readonly cardWaits: boolean;
  /** When to look whether files have appeared, and whether the card is pinned as it should be; `null` when nothing is open. */
  readonly lookAt: number | null;
  /** A method of Slack's is paused: what needs it is left undone, all else is done. The error, or `null`. */
  readonly late: Error | null;
}

/** A method that Slack has paused holds up nothing that needs another one. */
class Pauses {
  first: Error | null = null;

  async around<T>(work: () => Promise<T>, instead: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error) || readSlackFailure(error)?.kind !== 'rate-limited') throw error;
      this.first ??= error;
      return instead;
    }
  }
}

/** Throws what Slack threw; whatever was posted until then stays settled. */
export async function runPass(deps: PassDeps, projection: Projection, pace: CardPace): Promise<PassResult> {
  const { ledger, journal } = deps;
  const cursor = await ledger.readCursor(projection.restoreId);
  await projection.readOn(journal, cursor);
  const { state, unreadable } = projection;
  if (state === null) {
    if (unreadable !== null) await showUnreadable(deps, projection, unreadable);
    return { cardEdited: false, cardMoved: false, cardWaits: false, edited: [], lookAt: null, late: null };
  }
  const pauses = new Pauses();
  const edited = await pauses.around(
    () => (pace.looksAgain ? putRight(deps, projection, state) : Promise.resolve([])),
    [],
  );
  const firstCard = await showAll(deps, projection, { state, pace }, pauses).catch(async (error: unknown) => {
    // The card was deleted before its first reply: there is no thread.
    const failure = readSlackFailure(error);
    if (failure?.kind !== 'refused' || failure.code !== 'thread_not_found') throw error;
    lose(deps, projection, cardName);
    return await showAll(deps, projection, { state, pace }, pauses);
  });
  const seen = { state, card: firstCard.ts };
  if (unreadable !== null)
    await pauses.around(() => sayUnreadable(deps, projection, { ...seen, unreadable }), undefined);
  await pauses.around(() => lookForFiles(deps, projection, seen), undefined);
  // The card comes first in the channel and is edited last, when the thread says why.
  const card = firstCard.posted
    ? 'same'
    : await pauses.around(() => editCard(deps, projection, { state, pace }), 'waits');
  const pinAgainAt = await pinCard(deps, projection, seen);
  const late = pauses.first;
  if (state.ended !== null && card !== 'waits' && late === null && pinAgainAt === null && cursor < state.seq)
    await ledger.moveCursor(projection.restoreId, state.seq);
  return {
    cardEdited: firstCard.posted || card === 'edited',
    cardMoved: card === 'moved',
    cardWaits: card === 'waits',
    edited,
    lookAt: earliest([nextLookAt(projection), pinAgainAt]),
    late,
  };
}

/** The card, then what is to be said in its thread, and the buttons of what was said before. */
async function showAll(
  deps: PassDeps,
  projection: Projection,
  { state, pace }: { state: RestoreState; pace: CardPace },
  pauses: Pauses,
): Promise<{ ts: string; posted: boolean }> {
  const card = await ensureCard(deps, projection, { state, pace });
  const seen = { state, card: card.ts };
  await pauses.around(async () => {
    for (const entry of [...projection.waiting]) await say(deps, projection, entry, seen);
  }, undefined);
  await pauses.around(async () => {
    for (const said of projection.live.values()) await putSaid(deps, projection, said, seen);
  }, undefined);
  return card;
}

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : Math.min(...known);
}

async function ensureCard(
  deps: PassDeps,
  projection: Projection,
  { state, pace }: { state: RestoreState; pace: CardPace },
): Promise<{ ts: string; posted: boolean }> {
  const address = addressOf(projection, cardName, { state, threadTs: null });
  const known = projection.shown.get(address.key) ?? (await deps.ledger.findPost(address.key));
  if (known !== null && !deps.poster.isLost(address.key)) return { ts: known.ts, posted: false };
  const { ts } = await putCard(deps, projection, address, { state, pace });
  return { ts, posted: true };
}

async function editCard(
  deps: PassDeps,
  projection: Projection,
  { state, pace }: { state: RestoreState; pace: CardPace },
): Promise<'same' | 'edited' | 'moved' | 'waits'> {
  const address = addressOf(projection, cardName, { state, threadTs: null });
  const message = await cardOf(deps, projection, { state, pace });
  if (projection.shown.get(address.key)?.hash === contentHash(message)) return 'same';
  if (deps.clock.now() < pace.editableAt) return 'waits';
  const { moved } = await putCard(deps, projection, address, { state, pace });
  return moved ? 'moved' : 'edited';
}

/** A card that is posted anew says where the thread of the first one is. */
async function putCard(
  deps: PassDeps,
  projection: Projection,
  address: Address,
  view: { state: RestoreState; pace: CardPace },
): Promise<{ ts: string; moved: boolean }> {
  const before = await deps.ledger.findPost(address.key);
  if (before !== null && deps.poster.isLost(address.key))
    projection.earlierThread ??= await readLinkOf(deps, before);
  const ts = await put(deps, projection, address, await cardOf(deps, projection, view));
  const moved = before !== null && before.ts !== ts;
  if (moved) projection.earlierThread = undefined;
  return { ts, moved };
}

async function cardOf(
  deps: PassDeps,
  projection: Projection,
  { state, pace }: { state: RestoreState; pace: CardPace },
): Promise<Message> {
  const { unreadable } = projection;
  if (projection.earlierThread === undefined) {
    const earlier = await deps.ledger.findPost(earlierKey(projection.keyOf(cardName)));
    projection.earlierThread = earlier === null ? null : await readLinkOf(deps, earlier);
  }
  return renderCard({
    state,
    progress: state.ended === null ? (pace.progress?.text ?? null) : null,
    progressAt: pace.progress?.at ?? null,
    unreadable,
    earlierThread: projection.earlierThread,
  });
}

/** Not even the proposal can be read: a card that is there already says so, and where there is none nothing is known of a channel. */
async function showUnreadable(
  { ledger, poster }: PassDeps,
  projection: Projection,
  unreadable: JournalUnreadable,
): Promise<void> {
  const { restoreId } = projection;
  const key = projection.keyOf(cardName);
  const card = await ledger.findPost(key);
  if (card === null) return;
  const address = { key, mark: key, restoreId, channel: card.channel, threadTs: null, sinceMs: 0 };
  await poster.put(address, plainMessage([section(unreadableLines(unreadable).join('\n'))]));
}

/** Who follows the thread is told there as well, once. */
async function sayUnreadable(
  deps: PassDeps,
  projection: Projection,
  { state, unreadable, card }: Seen & { readonly unreadable: JournalUnreadable },
): Promise<void> {
  const address = addressOf(projection, 'unreadable', { state, threadTs: card });
  await put(deps, projection, address, plainMessage([section(unreadableLines(unreadable).join('\n'))]));
}

async function say(deps: PassDeps, projection: Projection, entry: Entry, seen: Seen): Promise<void> {
  for (const said of entry.messages) {
    if (said.kind === 'message') await putSaid(deps, projection, said, seen);
    else await putAttached(deps, projection, said, seen);
  }
  // Crash here: the messages are in the ledger and are not posted again.
  await deps.ledger.moveCursor(projection.restoreId, entry.seq);
  projection.settle(entry);
}
