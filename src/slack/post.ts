/**
 * Posts a message once. Slack knows no idempotency key, so each message carries its key in its metadata; after a crash or
 * an unclear answer the thread is read first, and a message that is there already is adopted (slack.md 4.3).
 */
import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { canonicalJson } from '../aurora/canonical-json.ts';
import type { Post, PostLedger } from '../aurora/outbox.ts';
import type { Message } from './blocks.ts';
import type { Log } from './log.ts';
import { readSlackFailure } from './slack-failure.ts';

const eventType = 'aurora_restore';
const pageSize = 200;
const pagesMax = 20;

const seenMessage = z.object({
  ts: z.string(),
  subtype: z.string().optional(),
  metadata: z
    .object({ event_payload: z.object({ key: z.string(), sha256: z.string() }).partial() })
    .partial()
    .optional(),
  files: z.array(z.object({ id: z.string(), name: z.string().nullish() })).optional(),
});

/** What identifies a message and where it goes. */
export interface Address {
  readonly key: string;
  /** The key and the hash of the journal's first record: another journal's `R1:card` is not ours. */
  readonly mark: string;
  readonly restoreId: string;
  readonly channel: string;
  /** The card's `ts`; `null` for a channel message. */
  readonly threadTs: string | null;
  /** Channel messages are looked for from here on, in epoch milliseconds. */
  readonly sinceMs: number;
}

export class Poster {
  readonly #client: WebClient;
  readonly #ledger: PostLedger;
  readonly #log: Log;
  readonly #fetch: typeof fetch;
  /** Keys found in Slack, by channel and thread; absent means it is not known what is there. */
  readonly #found = new Map<string, Map<string, { ts: string; sha256: string }>>();
  /** Keys of messages that somebody deleted: put again as new ones. */
  readonly #lost = new Set<string>();

  constructor(deps: { client: WebClient; ledger: PostLedger; log: Log; fetch?: typeof fetch }) {
    this.#client = deps.client;
    this.#ledger = deps.ledger;
    this.#log = deps.log;
    this.#fetch = deps.fetch ?? fetch;
  }

  /**
   * Makes Slack show `message` under this key: posts it, adopts it, or edits it when its content differs. One that was lost, or
   * that cannot be edited any more and is still needed, is posted anew, at the bottom.
   */
  async put(address: Address, message: Message): Promise<Post> {
    const sha256 = contentHash(message);
    const known = (await this.#ledger.findPost(address.key)) ?? (await this.#adopt(address));
    if (known === null) return await this.#post(address, message, sha256);
    if (this.#lost.has(address.key)) return await this.#postAnew(known, address, message);
    if (known.contentSha256 === sha256) return known;
    const edited = await this.#update(known, address, message, sha256);
    if (!edited && isNeeded(address, message)) return await this.#postAnew(known, address, message);
    return await this.#save({ ...known, contentSha256: sha256 });
  }

  /** Puts a text file into the thread, once. Answers `false` when Slack refuses files here. */
  async putFile(
    address: Address & { threadTs: string },
    file: { name: string; title: string; text: string },
  ): Promise<boolean> {
    const known = (await this.#ledger.findPost(address.key)) ?? (await this.#adopt(address, file.name));
    if (known !== null) return true;
    const bytes = Buffer.from(file.text, 'utf8');
    try {
      const ticket = z
        .object({ upload_url: z.url(), file_id: z.string() })
        .parse(await this.#client.files.getUploadURLExternal({ filename: file.name, length: bytes.length }));
      const sent = await this.#fetch(ticket.upload_url, {
        method: 'POST',
        body: bytes,
        redirect: 'error',
        signal: AbortSignal.timeout(30_000),
      });
      if (!sent.ok) throw new Error(`upload answered ${sent.status}`);
      // Crash here: the file is nowhere to be seen and is uploaded again.
      await this.#client.files.completeUploadExternal({
        files: [{ id: ticket.file_id, title: file.title }],
        channel_id: address.channel,
        thread_ts: address.threadTs,
      });
      // Crash here: the file is in the thread and is recognised by its name.
      await this.#save({ ...postOf(address, ticket.file_id), contentSha256: contentHash(file) });
      return true;
    } catch (error) {
      if (readSlackFailure(error)?.kind !== 'refused') {
        this.doubt();
        throw error;
      }
      this.#log('warn', { err: error, key: address.key }, 'Slack refuses the file');
      return false;
    }
  }

  /** Whether somebody deleted it. Throws what Slack threw when that cannot be seen. */
  async isGone({ channel, ts }: Pick<Post, 'channel' | 'ts'>, threadTs: string | null): Promise<boolean> {
    try {
      const answer = await this.#client.conversations.replies({
        channel,
        ts: threadTs ?? ts,
        oldest: ts,
        latest: ts,
        inclusive: true,
        limit: 10,
      });
      const seen = z.array(seenMessage).parse(answer.messages ?? []);
      return !seen.some((message) => message.ts === ts && message.subtype !== 'tombstone');
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || !noSuchMessage.has(failure.code)) throw error;
      return true;
    }
  }

  /** It is not in Slack any more: the next `put` posts it anew. */
  lose(key: string): void {
    this.#lost.add(key);
  }

  isLost(key: string): boolean {
    return this.#lost.has(key);
  }

  /** After an unclear answer, or when another process may have posted: look before posting again. */
  doubt(): void {
    this.#found.clear();
  }

  async #post(address: Address, message: Message, sha256: string): Promise<Post> {
    const send = async (blocks: Message['blocks'] | null) =>
      await this.#client.chat.postMessage({
        channel: address.channel,
        text: message.text,
        ...(blocks === null ? {} : { blocks: [...blocks] }),
        ...(address.threadTs === null ? {} : { thread_ts: address.threadTs }),
        metadata: { event_type: eventType, event_payload: { key: address.mark, sha256 } },
        unfurl_links: false,
        unfurl_media: false,
      });
    try {
      const answer = await this.#orPlainly(address.key, message, send);
      // Crash here: the message is in Slack and not in the ledger; it is recognised by its key.
      return await this.#save({ ...postOf(address, z.string().parse(answer.ts)), contentSha256: sha256 });
    } catch (error) {
      if (readSlackFailure(error)?.kind === 'unknown') this.doubt();
      throw error;
    }
  }

  /** Another process may have done it already: what bears the key and is not the lost one is taken first. */
  async #postAnew(lost: Post, address: Address, message: Message): Promise<Post> {
    this.doubt();
    const found = await this.#adopt(address);
    const sha256 = contentHash(message);
    const post = found === null || found.ts === lost.ts ? await this.#post(address, message, sha256) : found;
    const earlier = earlierKey(lost.key);
    if ((await this.#ledger.findPost(earlier)) === null) await this.#save({ ...lost, key: earlier });
    this.#lost.delete(address.key);
    return post;
  }

  /** False when it cannot be edited any more. */
  async #update(post: Post, address: Address, message: Message, sha256: string): Promise<boolean> {
    const send = async (blocks: Message['blocks'] | null) =>
      await this.#client.chat.update({
        channel: post.channel,
        ts: post.ts,
        text: message.text,
        blocks: blocks === null ? [] : [...blocks],
        metadata: { event_type: eventType, event_payload: { key: address.mark, sha256 } },
      });
    try {
      await this.#orPlainly(post.key, message, send);
      return true;
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || !goneForGood.has(failure.code)) throw error;
      this.#log('warn', { err: error, key: post.key }, 'a message cannot be edited any more');
      return false;
    }
  }

  /** A message whose blocks Slack will not have still says its facts, as plain text: silence would be worse. */
  async #orPlainly<T>(
    key: string,
    message: Message,
    send: (blocks: Message['blocks'] | null) => Promise<T>,
  ): Promise<T> {
    try {
      return await send(message.blocks);
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || !unfitBlocks.has(failure.code)) throw error;
      this.#log('error', { err: error, key }, 'Slack refuses our blocks; sending the text alone');
      return await send(null);
    }
  }

  async #adopt(address: Address, fileName?: string): Promise<Post | null> {
    const place = `${address.channel} ${address.threadTs ?? address.restoreId}`;
    const found = this.#found.get(place) ?? (await this.#read(address));
    this.#found.set(place, found);
    const seen = found.get(address.mark) ?? (fileName === undefined ? undefined : found.get(fileName));
    if (seen === undefined) return null;
    this.#log('info', { key: address.key }, 'found this message in Slack already');
    return await this.#save({ ...postOf(address, seen.ts), contentSha256: seen.sha256 });
  }

  async #read(address: Address): Promise<Map<string, { ts: string; sha256: string }>> {
    const found = new Map<string, { ts: string; sha256: string }>();
    let cursor: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const ask = {
        channel: address.channel,
        include_all_metadata: true,
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const answer =
        address.threadTs === null
          ? await this.#client.conversations.history({
              ...ask,
              oldest: String(Math.floor(address.sinceMs / 1000) - 60),
            })
          : await this.#client.conversations.replies({ ...ask, ts: address.threadTs });
      for (const message of z.array(seenMessage).parse(answer.messages ?? [])) {
        const { key, sha256 } = message.metadata?.event_payload ?? {};
        // Of two with one key the newer one counts: the older could not be edited any more.
        if (key !== undefined && message.ts > (found.get(key)?.ts ?? ''))
          found.set(key, { ts: message.ts, sha256: sha256 ?? '' });
        for (const file of message.files ?? [])
          if (file.name != null) found.set(file.name, { ts: file.id, sha256: '' });
      }
      cursor = answer.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') break;
    }
    return found;
  }

  async #save(post: Post): Promise<Post> {
    await this.#ledger.savePost(post);
    return post;
  }
}

/** Under which the ledger keeps what a message was at first, once it was posted anew. */
export function earlierKey(key: string): string {
  return `${key}.earlier`;
}

/** The part of a key after the restore, also of a message that was posted anew. */
export function nameOf({ key, restoreId }: Pick<Post, 'key' | 'restoreId'>): string {
  return key.slice(restoreId.length + 1).replace(/\.earlier$/, '');
}

/** Where people can act, or the restore begins; a reply that has only been said stays as it is. */
function isNeeded({ threadTs }: Address, { blocks }: Message): boolean {
  return threadTs === null || blocks.some(({ type }) => type === 'actions');
}

/** Hex sha256 of what a reader sees. */
export function contentHash(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function postOf(address: Address, ts: string): Omit<Post, 'contentSha256'> {
  return { key: address.key, restoreId: address.restoreId, channel: address.channel, ts };
}

const unfitBlocks = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long']);
const noSuchMessage = new Set(['message_not_found', 'thread_not_found']);
const goneForGood = new Set([
  ...noSuchMessage,
  'cant_update_message',
  'edit_window_closed',
  'block_mismatch',
]);
