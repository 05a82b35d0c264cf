/** A message is pinned to its channel (docs.slack.dev, methods `pins.add` and `pins.remove`); `already_pinned` and `no_pin` are Slack's words. */
import { SlackRefusal } from '../refusal.ts';
import type { Call, Method } from './method.ts';

const pinMethod = (run: (call: Call) => void): Method => ({
  token: 'bot',
  scopes: ['pins:write'],
  tier: 2,
  run: (call) => {
    run(call);
    return {};
  },
});

export const pinMethods: Readonly<Record<string, Method>> = {
  'pins.add': pinMethod(({ args, workspace }) => {
    const { channel, message } = findPinned({ args, workspace });
    if (message.pinned_to !== undefined) throw new SlackRefusal('already_pinned');
    workspace.rewrite(channel, { ...message, pinned_to: [channel] });
  }),
  'pins.remove': pinMethod(({ args, workspace }) => {
    const { channel, message } = findPinned({ args, workspace });
    if (message.pinned_to === undefined) throw new SlackRefusal('no_pin');
    const { pinned_to: _pinnedTo, ...unpinned } = message;
    workspace.rewrite(channel, unpinned);
  }),
};

function findPinned({ args, workspace }: Pick<Call, 'args' | 'workspace'>) {
  const bot = workspace.people.app.botUserId;
  const channel = workspace.channels.visibleTo(bot, args.required('channel'));
  if (!channel.members.has(bot)) throw new SlackRefusal('not_in_channel');
  const message = workspace.messages.find(channel.id, args.required('timestamp'));
  if (message === undefined || message.subtype === 'tombstone') throw new SlackRefusal('message_not_found');
  return { channel: channel.id, message };
}
