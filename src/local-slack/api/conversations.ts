import { SlackRefusal } from '../refusal.ts';
import { type Channel, channelObject } from '../state/channels.ts';
import type { Message } from '../state/entities.ts';
import { type Call, type Method, page, scopeFor } from './method.ts';

const info: Method = {
  token: 'bot',
  scopes: [],
  tier: 3,
  run: (call) => {
    const channel = findReadable(call, 'read');
    return { channel: objectOf(call, channel) };
  },
};

const members: Method = {
  token: 'bot',
  scopes: [],
  tier: 4,
  run: (call) => {
    const channel = findReadable(call, 'read');
    const { items, response_metadata } = page([...channel.members], {
      limit: call.args.count('limit', 100),
      max: 1000,
      cursor: call.args.optional('cursor'),
    });
    return { members: items, response_metadata };
  },
};

const history: Method = {
  token: 'bot',
  scopes: [],
  tier: 3,
  run: (call) => {
    const channel = findReadable(call, 'history');
    requireMember(call, channel);
    const messages = inRange(call, call.workspace.messages.listTop(channel.id)).toReversed();
    return readPage(call, channel, messages);
  },
};

const replies: Method = {
  token: 'bot',
  scopes: [],
  tier: 3,
  run: (call) => {
    const channel = findReadable(call, 'history');
    requireMember(call, channel);
    const parent = call.workspace.messages.find(channel.id, call.args.required('ts'));
    if (parent === undefined) throw new SlackRefusal('thread_not_found');
    const thread = call.workspace.messages.listReplies(channel.id, parent.thread_ts ?? parent.ts);
    return readPage(call, channel, [parent, ...inRange(call, thread)]);
  },
};

const open: Method = {
  token: 'bot',
  scopes: ['im:write'],
  tier: 3,
  run: (call) => {
    const { workspace, args } = call;
    const users = args.required('users').split(',');
    for (const id of users) {
      const user = workspace.people.find(id);
      if (user === undefined) throw new SlackRefusal('user_not_found');
      if (user.deleted === true) throw new SlackRefusal('user_disabled');
    }
    if (users.length > 8) throw new SlackRefusal('too_many_users');
    const channel = workspace.openDirect([workspace.people.app.botUserId, ...users]);
    return { channel: args.flag('return_im') ? objectOf(call, channel) : { id: channel.id } };
  },
};

const list: Method = {
  token: 'bot',
  scopes: [],
  tier: 2,
  run: (call) => {
    const { workspace, args } = call;
    const types = (args.optional('types') ?? 'public_channel').split(',');
    if (types.includes('public_channel')) call.requireScope('channels:read');
    if (types.includes('private_channel')) call.requireScope('groups:read');
    const bot = workspace.people.app.botUserId;
    const visible = workspace.channels.all().filter((channel) => {
      if (channel.isArchived && args.flag('exclude_archived')) return false;
      if (channel.kind === 'public') return types.includes('public_channel');
      const type = channel.kind === 'private' ? 'private_channel' : 'im';
      return types.includes(type) && channel.members.has(bot);
    });
    const { items, response_metadata } = page(visible, {
      limit: args.count('limit', 100),
      max: 1000,
      cursor: args.optional('cursor'),
    });
    return { channels: items.map((channel) => objectOf(call, channel)), response_metadata };
  },
};

const join: Method = {
  token: 'bot',
  scopes: ['channels:join'],
  tier: 3,
  run: (call) => {
    const { workspace, args } = call;
    const bot = workspace.people.app.botUserId;
    const channel = workspace.channels.visibleTo(bot, args.required('channel'));
    if (channel.kind !== 'public') throw new SlackRefusal('method_not_supported_for_channel_type');
    if (channel.isArchived) throw new SlackRefusal('is_archived');
    if (!channel.members.has(bot)) workspace.setMember(channel, bot, true);
    return { channel: objectOf(call, channel) };
  },
};

export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.info': info,
  'conversations.members': members,
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.open': open,
  'conversations.list': list,
  'conversations.join': join,
};

function findReadable(call: Call, suffix: 'read' | 'history'): Channel {
  const { workspace, args } = call;
  const channel = workspace.channels.visibleTo(workspace.people.app.botUserId, args.required('channel'));
  call.requireScope(scopeFor(channel, suffix));
  return channel;
}

function requireMember({ workspace }: Call, channel: Channel): void {
  if (!channel.members.has(workspace.people.app.botUserId)) throw new SlackRefusal('not_in_channel');
}

function objectOf({ workspace }: Call, channel: Channel) {
  return channelObject(channel, workspace.people.app.botUserId, workspace.team.id);
}

function inRange({ args }: Call, messages: readonly Message[]): readonly Message[] {
  const oldest = args.optional('oldest') ?? '0';
  const latest = args.optional('latest') ?? '9999999999.999999';
  const inclusive = args.flag('inclusive');
  return messages.filter(({ ts }) => (inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest));
}

function readPage(call: Call, channel: Channel, messages: readonly Message[]) {
  const { args, workspace } = call;
  const { items, more, response_metadata } = page(messages, {
    limit: args.count('limit', 100),
    max: 999,
    cursor: args.optional('cursor'),
  });
  const whole = args.flag('include_all_metadata');
  return {
    messages: items.map((message) => {
      const read = workspace.messages.read(channel.id, message);
      if (whole || read.metadata === undefined) return read;
      // Without the flag only the type of the event comes along (slack.md 4.3).
      return { ...read, metadata: { event_type: read.metadata.event_type } };
    }),
    has_more: more,
    pin_count: 0,
    response_metadata,
  };
}
