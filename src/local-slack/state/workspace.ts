import type { Block } from '../block-kit/blocks.ts';
import { type SlackRules, slackRules } from '../limits.ts';
import type { LocalSlackOptions } from '../options.ts';
import { SlackRefusal } from '../refusal.ts';
import { type Channel, Channels } from './channels.ts';
import { Contents } from './contents.ts';
import type { EphemeralMessage, FileObject, Message, MessageMetadata } from './entities.ts';
import { Feed } from './feed.ts';
import { newId, newSecret, Timestamps } from './ids.ts';
import { type KeptFact, type KeptFacts, keepInDirectory, keepInMemory } from './kept-facts.ts';
import type { Messages } from './messages.ts';
import { People } from './people.ts';
import { type ResponseTarget, Triggers } from './tickets.ts';
import { Views, withIds } from './views.ts';

/** What a message says, whoever says it. */
export interface MessageContent {
  readonly text: string;
  readonly blocks?: readonly Block[] | undefined;
  readonly metadata?: MessageMetadata | undefined;
  readonly files?: readonly FileObject[] | undefined;
  readonly threadTs?: string | undefined;
  readonly broadcast?: boolean | undefined;
}

/**
 * The whole state of the workspace. Every change of something visible goes through here: kept first, then
 * to memory, then told to the feed.
 */
export class Workspace {
  readonly team: LocalSlackOptions['team'];
  readonly rules: SlackRules;
  readonly people: People;
  readonly channels: Channels;
  readonly messages: Messages;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly feed: Feed;
  readonly files: Contents['files'];
  readonly now: () => number;
  /** Set once the server listens; every URL that is handed out begins with it. */
  baseUrl = '';
  private readonly contents: Contents;
  private readonly timestamps: Timestamps;
  private readonly kept: KeptFacts;

  constructor(options: LocalSlackOptions) {
    this.team = options.team;
    this.rules = { ...slackRules, ...options.rules };
    this.now = () => options.clock.now();
    this.people = new People({
      teamId: options.team.id,
      users: options.users,
      usergroups: options.usergroups ?? [],
      app: options.app,
    });
    this.channels = new Channels(options.channels);
    this.contents = new Contents(this);
    this.messages = this.contents.messages;
    this.files = this.contents.files;
    this.views = new Views(this.rules.viewStackMax);
    this.triggers = new Triggers(this.now, this.rules);
    this.feed = new Feed(this.now);
    this.timestamps = new Timestamps(this.now);
    this.kept = options.stateDir === undefined ? keepInMemory() : keepInDirectory(options.stateDir);
    for (const entry of this.kept.read()) this.contents.apply(entry);
    const newest = this.messages.newestTs();
    if (newest !== undefined) this.timestamps.startAfter(newest);
  }

  postAsApp(channel: Channel, content: MessageContent): Message {
    return this.post(channel, this.appMessage(content), content);
  }

  postAsUser(channel: Channel, user: string, content: MessageContent): Message {
    return this.post(channel, { ...this.base(user, content), client_msg_id: crypto.randomUUID() }, content);
  }

  /** Stores a changed message and tells everyone. */
  rewrite(channel: string, message: Message): void {
    this.commit({ kind: 'message', channel, message });
    this.feed.append({
      type: 'message_updated',
      channel,
      ts: message.ts,
      message: this.messages.read(channel, message),
    });
  }

  /** Removes a message; a parent with replies leaves a tombstone, as in Slack. */
  deleteMessage(channel: string, ts: string): void {
    const message = this.messages.find(channel, ts);
    if (message === undefined) throw new SlackRefusal('message_not_found');
    if (this.messages.listReplies(channel, ts).length > 0) {
      const { blocks: _blocks, files: _files, metadata: _metadata, ...rest } = message;
      this.rewrite(channel, { ...rest, subtype: 'tombstone', text: 'This message was deleted.' });
      return;
    }
    this.commit({ kind: 'message_deleted', channel, ts });
    this.feed.append({ type: 'message_deleted', channel, ts });
    const parent =
      message.thread_ts === undefined ? undefined : this.messages.find(channel, message.thread_ts);
    if (parent !== undefined) this.announceParent(channel, parent);
  }

  showEphemeral(
    channel: string,
    recipient: string,
    from: EphemeralMessage['from'],
    content: MessageContent,
  ): EphemeralMessage {
    const message: EphemeralMessage = {
      ...(from === 'app' ? this.appMessage(content) : this.base('USLACKBOT', content)),
      ...(content.threadTs === undefined ? {} : { thread_ts: content.threadTs }),
      channel,
      recipient,
      from,
    };
    this.messages.putEphemeral(message);
    this.feed.append({ type: 'ephemeral_posted', user: recipient, channel, ts: message.ts, message });
    return message;
  }

  rewriteEphemeral(message: EphemeralMessage): void {
    this.messages.putEphemeral(message);
    this.feed.append({
      type: 'ephemeral_updated',
      user: message.recipient,
      channel: message.channel,
      ts: message.ts,
      message,
    });
  }

  dropEphemeral(message: EphemeralMessage): void {
    this.messages.removeEphemeral(message.ts);
    this.feed.append({
      type: 'ephemeral_deleted',
      user: message.recipient,
      channel: message.channel,
      ts: message.ts,
    });
  }

  setMember(channel: Channel, user: string, member: boolean): void {
    this.commit({ kind: 'membership', channel: channel.id, user, member });
    this.feed.append({ type: 'channels_changed' });
  }

  openDirect(users: readonly string[]): Channel {
    const existing = this.channels.findDirect(users);
    if (existing !== undefined) return existing;
    const id = newId('D');
    this.commit({ kind: 'direct_channel', channel: id, users });
    this.feed.append({ type: 'channels_changed' });
    return this.channels.visibleTo(users[0] ?? '', id);
  }

  setDeleted(user: string, deleted: boolean): void {
    this.commit({ kind: 'user_deleted', user, deleted });
    this.feed.append({ type: 'people_changed' });
  }

  addFile(file: FileObject, bytes: Uint8Array): void {
    this.kept.writeFileBytes(file.id, bytes);
    this.commit({ kind: 'file', file });
  }

  readFileBytes(id: string): Uint8Array | null {
    return this.kept.readFileBytes(id);
  }

  issueResponseUrl(target: Omit<ResponseTarget, 'id' | 'expires_at' | 'uses'>): string {
    const id = newSecret();
    this.commit({
      kind: 'response_url',
      ...target,
      id,
      expires_at: this.now() + this.rules.responseUrlMs,
      uses: 0,
    });
    return `${this.baseUrl}/response/${id}`;
  }

  /** Counts one use; refuses the sixth, and any after half an hour (slack.md 4.5). */
  useResponseUrl(id: string): ResponseTarget {
    const target = this.contents.responseTargets.get(id);
    if (target === undefined || this.now() > target.expires_at) throw new SlackRefusal('expired_url');
    if (target.uses >= this.rules.responseUrlUses) throw new SlackRefusal('used_url');
    this.commit({ kind: 'response_url', ...target, uses: target.uses + 1 });
    return target;
  }

  /** Blocks with ids on everything, as Slack stores them. */
  nameBlocks(blocks: readonly Block[]): Block[] {
    return withIds(blocks);
  }

  nextTs(): string {
    return this.timestamps.next();
  }

  private post(channel: Channel, message: Message, content: MessageContent): Message {
    const parent =
      content.threadTs === undefined ? undefined : this.messages.find(channel.id, content.threadTs);
    if (content.threadTs !== undefined && parent === undefined) throw new SlackRefusal('thread_not_found');
    if (parent?.thread_ts !== undefined && parent.thread_ts !== parent.ts)
      throw new SlackRefusal('cannot_reply_to_message');
    const threaded: Message =
      parent === undefined
        ? message
        : {
            ...message,
            thread_ts: parent.ts,
            parent_user_id: parent.user,
            ...(content.broadcast === true ? { subtype: 'thread_broadcast' } : {}),
          };
    this.commit({ kind: 'message', channel: channel.id, message: threaded });
    this.feed.append({ type: 'message_posted', channel: channel.id, ts: message.ts, message: threaded });
    if (parent !== undefined) this.announceParent(channel.id, parent);
    return threaded;
  }

  private announceParent(channel: string, parent: Message): void {
    this.feed.append({
      type: 'message_updated',
      channel,
      ts: parent.ts,
      message: this.messages.read(channel, parent),
    });
  }

  private appMessage(content: MessageContent): Message {
    return {
      ...this.base(this.people.app.botUserId, content),
      bot_id: this.people.botId,
      app_id: this.people.app.appId,
      bot_profile: this.people.botProfile(),
    };
  }

  private base(user: string, content: MessageContent): Message {
    return {
      type: 'message',
      ts: this.nextTs(),
      user,
      text: content.text,
      team: this.team.id,
      ...(content.blocks === undefined ? {} : { blocks: withIds(content.blocks) }),
      ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
      ...(content.files === undefined ? {} : { files: content.files }),
    };
  }

  /** Written first, then believed. */
  private commit(entry: KeptFact): void {
    this.kept.append(entry);
    this.contents.apply(entry);
  }
}
