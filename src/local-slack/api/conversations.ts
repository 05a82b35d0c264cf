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

export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.info': info,
  'conversations.history': history,
  'conversations.replies': replies,
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
