import { SlackRefusal } from '../refusal.ts';
import type { Message } from '../state/entities.ts';
import { type Call, type Method, scopeFor } from './method.ts';

/** Things stuck onto channels and messages: reactions, pins, bookmarks. */

const reactionsAdd: Method = {
  token: 'bot',
  scopes: ['reactions:write'],
  tier: 3,
  run: (call) => {
    const { args, workspace } = call;
    const { channel, message } = findMessage(call);
    const name = args.required('name');
    if (!/^[a-z0-9_+'-]+$/.test(name)) throw new SlackRefusal('invalid_name');
    const bot = workspace.people.app.botUserId;
    const reactions = message.reactions ?? [];
    const existing = reactions.find((reaction) => reaction.name === name);
    if (existing?.users.includes(bot) === true) throw new SlackRefusal('already_reacted');
    const users = [...(existing?.users ?? []), bot];
    workspace.rewrite(channel, {
      ...message,
      reactions: [
        ...reactions.filter((reaction) => reaction !== existing),
        { name, users, count: users.length },
      ],
    });
    return {};
  },
};

const pinsAdd: Method = {
  token: 'bot',
  scopes: ['pins:write'],
  tier: 2,
  run: (call) => {
    const { workspace } = call;
    const { channel, message } = findMessage(call);
    if (message.pinned_to?.includes(channel) === true) throw new SlackRefusal('already_pinned');
    const pinned = [...workspace.pins].filter((pin) => pin.startsWith(`${channel} `)).length;
    if (pinned >= workspace.rules.pinsMax) throw new SlackRefusal('too_many_pins');
    workspace.addPin(channel, message.ts);
    workspace.rewrite(channel, { ...message, pinned_to: [channel] });
    return {};
  },
};

const bookmarksAdd: Method = {
  token: 'bot',
  scopes: ['bookmarks:write'],
  tier: 2,
  run: (call) => {
    const { args, workspace } = call;
    const bot = workspace.people.app.botUserId;
    const channel = workspace.channels.visibleTo(bot, args.required('channel_id'));
    call.requireScope(scopeFor(channel, 'read'));
    if (!channel.members.has(bot)) throw new SlackRefusal('not_in_channel');
    if (args.required('type') !== 'link') throw new SlackRefusal('invalid_bookmark_type');
    const link = args.required('link');
    if (!/^https?:\/\//.test(link)) throw new SlackRefusal('invalid_link');
    const count = workspace.bookmarks.filter((bookmark) => bookmark.channel === channel.id).length;
    if (count >= workspace.rules.bookmarksMax) throw new SlackRefusal('too_many_bookmarks');
    const title = args.required('title');
    const id = workspace.addBookmark(channel.id, title, link);
    return { bookmark: { id, channel_id: channel.id, title, link, type: 'link', emoji: '', icon_url: null } };
  },
};

export const markMethods: Readonly<Record<string, Method>> = {
  'reactions.add': reactionsAdd,
  'pins.add': pinsAdd,
  'bookmarks.add': bookmarksAdd,
};

function findMessage({ args, workspace }: Call): { channel: string; message: Message } {
  const bot = workspace.people.app.botUserId;
  const channel = workspace.channels.visibleTo(bot, args.required('channel'));
  if (!channel.members.has(bot)) throw new SlackRefusal('not_in_channel');
  const message = workspace.messages.find(channel.id, args.required('timestamp'));
  if (message === undefined) throw new SlackRefusal('message_not_found');
  return { channel: channel.id, message };
}
