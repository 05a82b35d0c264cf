import type { EphemeralMessage, Message } from './entities.ts';

/** A message with what its thread adds when it is read: the counts Slack shows under a parent. */
type ReadMessage = Message & {
  readonly reply_count?: number;
  readonly reply_users?: readonly string[];
  readonly reply_users_count?: number;
  readonly latest_reply?: string;
  readonly is_locked?: boolean;
  readonly subscribed?: boolean;
};

/** Messages of all channels in the order they were posted, and what only one person sees. */
export class Messages {
  private readonly channels = new Map<string, Map<string, Message>>();
  private readonly ephemerals = new Map<string, EphemeralMessage>();

  put(channel: string, message: Message): void {
    this.inChannel(channel).set(message.ts, message);
  }

  remove(channel: string, ts: string): void {
    this.inChannel(channel).delete(ts);
  }

  find(channel: string, ts: string): Message | undefined {
    return this.channels.get(channel)?.get(ts);
  }

  /** Parents, lone messages and broadcast replies, oldest first. */
  listTop(channel: string): readonly Message[] {
    return [...this.inChannel(channel).values()].filter(
      (message) =>
        message.thread_ts === undefined ||
        message.thread_ts === message.ts ||
        message.subtype === 'thread_broadcast',
    );
  }

  /** The replies of a thread without its parent, oldest first. */
  listReplies(channel: string, threadTs: string): readonly Message[] {
    return [...this.inChannel(channel).values()].filter(
      (message) => message.thread_ts === threadTs && message.ts !== threadTs,
    );
  }

  /** Adds the reply counts of a parent. */
  read(channel: string, message: Message): ReadMessage {
    if (message.thread_ts !== undefined && message.thread_ts !== message.ts) return message;
    const replies = this.listReplies(channel, message.ts);
    if (replies.length === 0) return message;
    const users = [...new Set(replies.map((reply) => reply.user))];
    return {
      ...message,
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users: users,
      reply_users_count: users.length,
      latest_reply: replies.at(-1)?.ts ?? message.ts,
      is_locked: false,
      subscribed: false,
    };
  }

  newestTs(): string | undefined {
    return [...this.channels.values()]
      .flatMap((messages) => [...messages.keys()])
      .sort()
      .at(-1);
  }

  putEphemeral(message: EphemeralMessage): void {
    this.ephemerals.set(message.ts, message);
  }

  findEphemeral(ts: string): EphemeralMessage | undefined {
    return this.ephemerals.get(ts);
  }

  removeEphemeral(ts: string): void {
    this.ephemerals.delete(ts);
  }

  listEphemerals(user: string, channel?: string): readonly EphemeralMessage[] {
    return [...this.ephemerals.values()].filter(
      (message) => message.recipient === user && (channel === undefined || message.channel === channel),
    );
  }

  private inChannel(channel: string): Map<string, Message> {
    const existing = this.channels.get(channel);
    if (existing !== undefined) return existing;
    const created = new Map<string, Message>();
    this.channels.set(channel, created);
    return created;
  }
}
