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
import { drawnHash, keptHash, noSuchMessage, type SeenMessage, SlackReader } from './seen.ts';
import { readSlackFailure } from './slack-failure.ts';
import { uploadFile } from './upload.ts';

const eventType = 'aurora_restore';
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

/** `uploaded`: Slack has taken it just now, which is not yet to show it. */
type FilePut =
  | { readonly kind: 'there' | 'refused' }
  | { readonly kind: 'uploaded'; readonly fileId: string };

export class Poster {
  readonly #client: WebClient;
  readonly #ledger: PostLedger;
  readonly #log: Log;
  readonly #fetch: typeof fetch;
  readonly #assertOurs: () => void;
  readonly #reader: SlackReader;
  /** Our messages in Slack, by channel and thread; absent means it is not known what is there. */
  readonly #found = new Map<string, readonly SeenMessage[]>();
  /** By key, what Slack has made of the blocks that this process gave it last. */
  readonly #kept = new Map<string, string>();
  /** Keys of messages that show something other than what we put there. */
  readonly #edited = new Set<string>();
  /** Keys of messages that somebody deleted: put again as new ones. */
  readonly #lost = new Set<string>();

  /** `assertOurs` throws when another bot may be posting by now: it is asked before everything that Slack shows. */
  constructor(deps: {
    client: WebClient;
    ledger: PostLedger;
    log: Log;
    fetch?: typeof fetch;
    assertOurs?: () => void;
  }) {
    this.#client = deps.client;
    this.#ledger = deps.ledger;
    this.#log = deps.log;
    this.#reader = new SlackReader(deps);
    this.#fetch = deps.fetch ?? fetch;
    this.#assertOurs = deps.assertOurs ?? (() => undefined);
  }

  /**
   * Makes Slack show `message` under this key: posts it, adopts it, or edits it when its content differs. One that was lost, or
   * that cannot be edited any more and is still needed, is posted anew, at the bottom.
   */
  async put(address: Address, message: Message): Promise<Post> {
    const sha256 = contentHash(message);
    const noted = await this.#ledger.findPost(address.key);
    const known = noted ?? (await this.#adopt(address, message));
    if (known === null) return await this.#post(address, message, sha256);
    if (this.#lost.has(address.key)) return await this.#postAnew(known, address, message);
    if (known.contentSha256 === sha256 && !this.#edited.has(address.key)) return known;
    const edited = await this.#update(known, address, message, sha256);
    // One that we find and may not edit is none of ours.
    if (!edited && (noted === null || isNeeded(address, message)))
      return await this.#postAnew(known, address, message);
    this.#edited.delete(address.key);
    return await this.#save({ ...known, contentSha256: sha256 });
  }

  /** Puts a text file into the thread, once. */
  async putFile(
    address: Address & { threadTs: string },
    file: { name: string; title: string; text: string },
  ): Promise<FilePut> {
    const bytes = Buffer.from(file.text, 'utf8');
    const size = bytes.length;
    if ((await this.#ledger.findPost(address.key)) !== null) return { kind: 'there' };
    if (await this.#adoptFile(address, { name: file.name, size })) return { kind: 'there' };
    this.#assertOurs();
    try {
      const fileId = await uploadFile({ client: this.#client, fetch: this.#fetch }, address, {
        ...file,
        bytes,
      });
      // Crash here: the file is in the thread and is recognised by its name.
      await this.#save({ ...postOf(address, fileId), contentSha256: contentHash(file) });
      return { kind: 'uploaded', fileId };
    } catch (error) {
      if (readSlackFailure(error)?.kind !== 'refused') {
        this.doubt();
        throw error;
      }
      this.#log('warn', { err: error, key: address.key }, 'Slack refuses the file');
      return { kind: 'refused' };
    }
  }

  /**
   * Whether what stands there is what this process has put there, or has seen there since. `null` when that is not known: what Slack
   * makes of our blocks is only in its own answer to them.
   */
  isAsPut(key: string, message: Message, seen: SeenMessage): boolean | null {
    const shown = drawnHash(seen.blocks ?? []);
    const kept = this.#kept.get(key);
    if (shown === drawnHash(message.blocks) || shown === kept) return true;
    return kept === undefined ? null : false;
  }

  /** It shows something other than what we put there: the next `put` edits it, whatever the ledger says. */
  distrust(key: string): void {
    this.#edited.add(key);
  }

  isDistrusted(key: string): boolean {
    return this.#edited.has(key);
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
      this.#keep(address.key, answer);
      // Crash here: the message is in Slack and not in the ledger; it is recognised by its key.
      return await this.#save({ ...postOf(address, z.string().parse(answer.ts)), contentSha256: sha256 });
    } catch (error) {
      const kind = readSlackFailure(error)?.kind;
      // Also when it was posted and could not be noted: a full disk must not fill the thread.
      if (kind !== 'refused' && kind !== 'rate-limited') this.doubt();
      throw error;
    }
  }

  /** Another process may have done it already: what bears the key and is not the lost one is taken first. */
  async #postAnew(lost: Post, address: Address, message: Message): Promise<Post> {
    this.doubt();
    const found = await this.#adopt(address, message);
    const sha256 = contentHash(message);
    const isThere = found !== null && found.ts !== lost.ts && found.contentSha256 === sha256;
    const post = isThere ? found : await this.#post(address, message, sha256);
    const earlier = earlierKey(lost.key);
    if ((await this.#ledger.findPost(earlier)) === null) await this.#save({ ...lost, key: earlier });
    this.#lost.delete(address.key);
    this.#edited.delete(address.key);
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
      this.#keep(post.key, await this.#orPlainly(post.key, message, send));
      return true;
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || !goneForGood.has(failure.code)) throw error;
      this.#log('warn', { err: error, key: post.key }, 'a message can no longer be edited');
      return false;
    }
  }

  /** A message whose blocks Slack will not have still says its facts, as plain text: silence would be worse. */
  async #orPlainly<T>(
    key: string,
    message: Message,
    send: (blocks: Message['blocks'] | null) => Promise<T>,
  ): Promise<T> {
    this.#assertOurs();
    try {
      return await send(message.blocks);
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || !unfitBlocks.has(failure.code)) throw error;
      this.#log('error', { err: error, key }, 'Slack refuses our blocks; sending the text alone');
      return await send(null);
    }
  }

  /**
   * A message of ours with this key. Its metadata says what it showed at first; when it does not show that, its content counts as
   * unknown, and it is edited.
   */
  async #adopt(address: Address, message: Message): Promise<Post | null> {
    const marked = (await this.#find(address)).filter(
      ({ metadata }) => metadata?.event_payload?.key === address.mark,
    );
    // Of two with one key the newer one counts: the older could not be edited any more.
    const seen = marked.reduce<SeenMessage | null>((a, b) => (a === null || b.ts > a.ts ? b : a), null);
    if (seen === null) return null;
    this.#log('info', { key: address.key }, 'found this message in Slack already');
    const isAsItSays = drawnHash(seen.blocks ?? []) === drawnHash(message.blocks);
    const sha256 = isAsItSays ? (seen.metadata?.event_payload?.sha256 ?? '') : '';
    const post = { ...postOf(address, seen.ts), contentSha256: sha256 };
    return isAsItSays ? await this.#save(post) : post;
  }

  /** A file of that name and size that we have put there, or the message that stands in its place. */
  async #adoptFile(address: Address, { name, size }: { name: string; size: number }): Promise<boolean> {
    const found = await this.#find(address);
    const instead = found.find(({ metadata }) => metadata?.event_payload?.key === address.mark);
    const file = found
      .flatMap(({ files }) => files ?? [])
      .find((each) => each.name === name && (each.size === undefined || each.size === size));
    const id = file?.id ?? instead?.ts;
    if (id === undefined) return false;
    this.#log('info', { key: address.key }, 'found this file in Slack already');
    await this.#save({ ...postOf(address, id), contentSha256: '' });
    return true;
  }

  async #find(address: Address): Promise<readonly SeenMessage[]> {
    const place = `${address.channel} ${address.threadTs ?? address.restoreId}`;
    const found = this.#found.get(place) ?? (await this.#reader.readOurs(address));
    this.#found.set(place, found);
    return found;
  }

  #keep(key: string, answer: unknown): void {
    const hash = keptHash(answer);
    if (hash === null) this.#kept.delete(key);
    else this.#kept.set(key, hash);
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
const goneForGood = new Set([
  ...noSuchMessage,
  'cant_update_message',
  'edit_window_closed',
  'block_mismatch',
]);
