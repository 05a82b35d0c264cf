import { SlackRefusal } from '../refusal.ts';
import type { Channel } from '../state/channels.ts';
import type { Message } from '../state/entities.ts';
import type { MessageContent, Workspace } from '../state/workspace.ts';
import type { Call, Method } from './method.ts';

const postMessage: Method = {
  token: 'bot',
  scopes: ['chat:write'],
  tier: 'special',
  run: (call) => {
    const channel = findPostTarget(call, call.args.required('channel'));
    requireWritable(call, channel);
    const content = readContent(call);
    const message = call.workspace.postAsApp(channel, {
      ...content,
      threadTs: call.args.optional('thread_ts'),
      broadcast: call.args.flag('reply_broadcast'),
    });
    return { channel: channel.id, ts: message.ts, message };
  },
};

const update: Method = {
  token: 'bot',
  scopes: ['chat:write'],
  tier: 3,
  run: ({ args, workspace }) => {
    const channel = workspace.channels.visibleTo(workspace.people.app.botUserId, args.required('channel'));
    const message = findOwn(workspace, channel, args.required('ts'), 'cant_update_message');
    const text = args.optional('text');
    const blocks = args.blocks(workspace.rules);
    const metadata = args.metadata(workspace.rules);
    if (text === undefined && blocks === undefined) throw new SlackRefusal('no_text');
    if ((text?.length ?? 0) > workspace.rules.updateTextMax) throw new SlackRefusal('msg_too_long');
    const { metadata: previousMetadata, ...rest } = message;
    const updated = rewritten(workspace, rest, { text, blocks });
    const kept = metadata === undefined ? previousMetadata : (metadata ?? undefined);
    workspace.rewrite(channel.id, { ...updated, ...(kept === undefined ? {} : { metadata: kept }) });
    return { channel: channel.id, ts: message.ts, text: updated.text, message: updated };
  },
};

const remove: Method = {
  token: 'bot',
  scopes: ['chat:write'],
  tier: 3,
  run: ({ args, workspace }) => {
    const channel = workspace.channels.visibleTo(workspace.people.app.botUserId, args.required('channel'));
    const message = findOwn(workspace, channel, args.required('ts'), 'cant_delete_message');
    workspace.deleteMessage(channel.id, message.ts);
    return { channel: channel.id, ts: message.ts };
  },
};

const postEphemeral: Method = {
  token: 'bot',
  scopes: ['chat:write'],
  tier: 4,
  run: (call) => {
    const { workspace, args } = call;
    const channel = findPostTarget(call, args.required('channel'));
    requireWritable(call, channel);
    const user = workspace.people.find(args.required('user'));
    if (user === undefined || user.deleted === true || !channel.members.has(user.id))
      throw new SlackRefusal('user_not_in_channel');
    const message = workspace.showEphemeral(channel.id, user.id, 'app', {
      ...readContent(call),
      threadTs: args.optional('thread_ts'),
    });
    return { message_ts: message.ts };
  },
};

const getPermalink: Method = {
  token: 'bot',
  scopes: [],
  tier: 'special',
  run: ({ args, workspace }) => {
    const channel = workspace.channels.visibleTo(workspace.people.app.botUserId, args.required('channel'));
    const message = workspace.messages.find(channel.id, args.required('message_ts'));
    if (message === undefined) throw new SlackRefusal('message_not_found');
    return { channel: channel.id, permalink: permalinkOf(workspace, channel.id, message) };
  },
};

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
};

/** An address of this local Slack that opens the message on its page. */
export function permalinkOf(workspace: Workspace, channel: string, message: Message): string {
  const path = `${workspace.baseUrl}/archives/${channel}/p${message.ts.replace('.', '')}`;
  const { thread_ts } = message;
  return thread_ts === undefined || thread_ts === message.ts
    ? path
    : `${path}?thread_ts=${thread_ts}&cid=${channel}`;
}

/**
 * The message with new words. Blocks stay when the call gives none and go away with an empty list, as the method's page says
 * for `chat.update`.
 */
export function rewritten(
  workspace: Workspace,
  message: Message,
  change: { text: string | undefined; blocks: MessageContent['blocks'] },
): Message {
  const { blocks: previous, ...rest } = message;
  const blocks = change.blocks ?? previous;
  return {
    ...rest,
    text: change.text ?? message.text,
    ...(blocks === undefined || blocks.length === 0 ? {} : { blocks: workspace.nameBlocks(blocks) }),
    edited: { user: message.user, ts: workspace.nextTs() },
  };
}

function readContent({ args, workspace }: Call): MessageContent {
  const text = args.optional('text');
  const blocks = args.blocks(workspace.rules);
  if (args.optional('markdown_text') !== undefined)
    throw new SlackRefusal(
      text === undefined && blocks === undefined ? 'not_supported' : 'markdown_text_conflict',
      {
        messages: ['[ERROR] this local Slack does not draw markdown_text: use a markdown block'],
      },
    );
  if (args.json('attachments') !== undefined)
    throw new SlackRefusal('not_supported', {
      messages: ['[ERROR] this local Slack does not draw attachments: use blocks'],
    });
  if (text === undefined && (blocks === undefined || blocks.length === 0)) throw new SlackRefusal('no_text');
  return {
    text: (text ?? '').slice(0, workspace.rules.postTextMax),
    blocks: blocks?.length === 0 ? undefined : blocks,
    metadata: args.metadata(workspace.rules) ?? undefined,
  };
}

/** A channel id, a `#name`, or a person, whose direct messages are opened. */
function findPostTarget({ workspace }: Call, target: string): Channel {
  const bot = workspace.people.app.botUserId;
  if (workspace.people.find(target) !== undefined) return workspace.openDirect([bot, target]);
  const named = workspace.channels.findByName(target);
  return workspace.channels.visibleTo(bot, named?.id ?? target);
}

function requireWritable({ workspace }: Call, channel: Channel): void {
  if (channel.isArchived) throw new SlackRefusal('is_archived');
  if (channel.members.has(workspace.people.app.botUserId)) return;
  if (!workspace.people.app.scopes.includes('chat:write.public')) throw new SlackRefusal('not_in_channel');
}

function findOwn(workspace: Workspace, channel: Channel, ts: string, refusal: string): Message {
  const message = workspace.messages.find(channel.id, ts);
  if (message === undefined || message.subtype === 'tombstone') throw new SlackRefusal('message_not_found');
  if (message.user !== workspace.people.app.botUserId) throw new SlackRefusal(refusal);
  return message;
}
