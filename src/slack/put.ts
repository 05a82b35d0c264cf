/** Puts one message of a restore into Slack, and remembers what is shown. */
import type { WebClient } from '@slack/web-api';
import type { Clock } from '../aurora/clock.ts';
import type { Documents, Journal } from '../aurora/journal.ts';
import type { PostLedger } from '../aurora/outbox.ts';
import type { RestoreEvent } from '../restore/record/events.ts';
import type { RestoreState } from '../restore/record/state.ts';
import type { Message } from './blocks.ts';
import type { Log } from './log.ts';
import type { Said } from './messages/replies.ts';
import { cardName } from './offered.ts';
import { type Address, contentHash, type Poster } from './post.ts';
import type { Projection } from './projection.ts';
import type { SlackReader } from './seen.ts';
import { readSlackFailure } from './slack-failure.ts';

export interface PassDeps {
  readonly journal: Pick<Journal<RestoreEvent>, 'read'>;
  readonly ledger: PostLedger;
  readonly documents: Pick<Documents, 'load'>;
  readonly client: WebClient;
  readonly clock: Clock;
  readonly poster: Poster;
  readonly reader: SlackReader;
  readonly log: Log;
  /** Slack's words for why nothing can be pinned, each in the log once. */
  readonly refusedPins: Set<string>;
}

/** Forgets that a message is there: it is posted anew. */
export function lose({ poster }: PassDeps, projection: Projection, name: string): void {
  const key = projection.keyOf(name);
  projection.shown.delete(key);
  poster.lose(key);
}

export interface Seen {
  readonly state: RestoreState;
  /** The card's `ts`: the thread. */
  readonly card: string;
}

/** Makes Slack show what was said. */
export async function putSaid(deps: PassDeps, projection: Projection, said: Said, seen: Seen): Promise<void> {
  const link = said.linked ? await readLink(deps, projection.restoreId) : null;
  const threadTs = said.place === 'channel' ? null : seen.card;
  const address = addressOf(projection, said.name, { state: seen.state, threadTs });
  const message = said.render(seen.state, link);
  const { elsewhere } = said;
  if (elsewhere !== undefined) {
    const before = await deps.ledger.findPost(address.key);
    try {
      await put(deps, projection, { ...address, channel: elsewhere }, message);
      return;
    } catch (error) {
      if (readSlackFailure(error)?.kind !== 'refused') throw error;
      // It was said there, and the bot is no longer let in: then it stays as it is.
      if (before?.channel === elsewhere) return;
      // Not a member there, or archived: what is urgent is said where the restore is.
    }
  }
  await put(deps, projection, address, message);
}

/** Answers its `ts`. */
export async function put(
  deps: PassDeps,
  projection: Projection,
  address: Address,
  message: Message,
): Promise<string> {
  const hash = contentHash(message);
  const shown = projection.shown.get(address.key);
  if (shown?.hash === hash) return shown.ts;
  const { ts } = await deps.poster.put(address, message);
  projection.shown.set(address.key, { hash, ts, message });
  return ts;
}

/** The address of a restore's card; `null` while there is none or Slack gives none. */
export async function readLink(
  deps: Pick<PassDeps, 'ledger' | 'client'>,
  restoreId: string,
): Promise<string | null> {
  const card = await deps.ledger.findPost(`${restoreId}:${cardName}`);
  return card === null ? null : await readLinkOf(deps, card);
}

/** The same of any message. */
export async function readLinkOf(
  { client }: Pick<PassDeps, 'client'>,
  { channel, ts }: { channel: string; ts: string },
): Promise<string | null> {
  try {
    const answer = await client.chat.getPermalink({ channel, message_ts: ts });
    return answer.permalink ?? null;
  } catch (error) {
    if (readSlackFailure(error)?.kind !== 'refused') throw error;
    return null;
  }
}

/** Where a message of this name belongs. */
export function addressOf(
  projection: Projection,
  name: string,
  { state, threadTs }: { state: RestoreState; threadTs: string | null },
): Address {
  return {
    key: projection.keyOf(name),
    mark: projection.markOf(name),
    restoreId: projection.restoreId,
    channel: state.proposal.channel,
    threadTs,
    sinceMs: state.proposedAt,
  };
}
