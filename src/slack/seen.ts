/** What stands in Slack now, as `conversations.history` and `replies` give it; whose it is, and whether it shows what we posted. */
import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { canonicalJson } from '../aurora/canonical-json.ts';
import { readSlackFailure } from './slack-failure.ts';

const pageSize = 200;
const pagesMax = 20;

const author = { user: z.string().optional(), bot_id: z.string().optional() };
const seenMessage = z.object({
  ts: z.string(),
  subtype: z.string().optional(),
  ...author,
  blocks: z.array(z.unknown()).optional(),
  metadata: z
    .object({ event_payload: z.object({ key: z.string(), sha256: z.string() }).partial() })
    .partial()
    .optional(),
  files: z
    .array(
      z.object({
        id: z.string(),
        name: z.string().nullish(),
        size: z.number().optional(),
        user: author.user,
      }),
    )
    .optional(),
});
export type SeenMessage = z.infer<typeof seenMessage>;

/** Where messages are read: a thread by its parent, or a channel from an instant on, in epoch milliseconds. */
interface ReadPlace {
  readonly channel: string;
  readonly threadTs: string | null;
  readonly sinceMs: number;
}

export class SlackReader {
  readonly #client: WebClient;
  #self: Promise<{ userId: string; botId: string }> | null = null;

  constructor({ client }: { client: WebClient }) {
    this.#client = client;
  }

  /** Those of them that this bot has posted: anybody can name a file, and any app can write metadata like ours. */
  async readOurs(place: ReadPlace): Promise<readonly SeenMessage[]> {
    const self = await this.#readSelf();
    const ours = ({ bot_id, user }: z.infer<z.ZodObject<typeof author>>) =>
      bot_id === undefined ? user === self.userId : bot_id === self.botId;
    return (await this.#read(place)).filter(ours).map((message) => ({
      ...message,
      files: message.files?.filter(({ user }) => user === undefined || user === self.userId),
    }));
  }

  /** A message and, for a thread's parent, its replies, by `ts`; without those that were deleted. Throws what Slack threw. */
  async readThread(channel: string, threadTs: string): Promise<ReadonlyMap<string, SeenMessage>> {
    try {
      const messages = await this.#read({ channel, threadTs, sinceMs: 0 });
      const there = messages.filter(({ subtype }) => subtype !== 'tombstone');
      return new Map(there.map((message) => [message.ts, message]));
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || !noSuchMessage.has(failure.code)) throw error;
      return new Map();
    }
  }

  async #read({ channel, threadTs, sinceMs }: ReadPlace): Promise<readonly SeenMessage[]> {
    const messages: SeenMessage[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pagesMax; page += 1) {
      const ask = {
        channel,
        include_all_metadata: true,
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const answer =
        threadTs === null
          ? await this.#client.conversations.history({
              ...ask,
              oldest: String(Math.floor(sinceMs / 1000) - 60),
            })
          : await this.#client.conversations.replies({ ...ask, ts: threadTs });
      messages.push(...z.array(seenMessage).parse(answer.messages ?? []));
      cursor = answer.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') break;
    }
    return messages;
  }

  async #readSelf(): Promise<{ userId: string; botId: string }> {
    this.#self ??= this.#client.auth
      .test()
      .then(({ user_id = '', bot_id = '' }) => ({ userId: user_id, botId: bot_id }));
    try {
      return await this.#self;
    } catch (error) {
      this.#self = null;
      throw error;
    }
  }
}

/** Slack's words for a message that is not there. */
export const noSuchMessage: ReadonlySet<string> = new Set(['message_not_found', 'thread_not_found']);

/** Hex sha256 of what the blocks show and of what their buttons send, without what Slack adds to them. */
export function drawnHash(blocks: readonly unknown[]): string {
  return createHash('sha256')
    .update(canonicalJson(withoutAdded(blocks)))
    .digest('hex');
}

/** Of an answer to `chat.postMessage` or `chat.update`: the message as Slack keeps it. */
export function keptHash(answer: unknown): string | null {
  const parsed = z
    .object({ message: z.object({ blocks: z.array(z.unknown()).default([]) }) })
    .safeParse(answer);
  return parsed.success ? drawnHash(parsed.data.message.blocks) : null;
}

const added: ReadonlySet<string> = new Set(['block_id', 'emoji', 'verbatim', 'expand']);

function withoutAdded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAdded);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !added.has(key))
      .map(([key, inner]) => [key, withoutAdded(inner)]),
  );
}
