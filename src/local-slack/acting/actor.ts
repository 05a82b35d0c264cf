import { AuroraError } from '../../aurora/errors.ts';
import type { LocalUser } from '../options.ts';
import type { Channel } from '../state/channels.ts';
import type { Workspace } from '../state/workspace.ts';

/** Finds the person who acts; a deactivated one is signed out and can do nothing, and bots have no hands. */
export function findActor(
  workspace: Workspace,
  userId: string,
  options: { underWay?: boolean } = {},
): LocalUser {
  const user = workspace.people.find(userId);
  if (user === undefined)
    throw new AuroraError({
      code: 'unknown-user',
      message: `There is no user ${userId}.`,
      hint: 'Ask /control/state who there is.',
    });
  if (user.isBot === true || user.id === 'USLACKBOT')
    throw new AuroraError({
      code: 'not-a-person',
      message: `${user.name} is not a person.`,
      hint: 'Act as a person.',
    });
  // `underWay`: the press left their machine just before they were deactivated.
  if (user.deleted === true && options.underWay !== true)
    throw new AuroraError({
      code: 'deactivated',
      message: `${user.name} is deactivated and signed out.`,
      hint: 'Act as someone else, or activate them again.',
    });
  return user;
}

/** The channel the person is in. */
export function findActorsChannel(workspace: Workspace, user: LocalUser, channelId: string): Channel {
  const channel = workspace.channels.find(channelId) ?? workspace.channels.findByName(channelId);
  if (channel === undefined || (channel.kind !== 'public' && !channel.members.has(user.id)))
    throw new AuroraError({
      code: 'unknown-channel',
      message: `${user.name} sees no channel ${channelId}.`,
      hint: 'Ask /control/state which channels there are.',
    });
  if (!channel.members.has(user.id))
    throw new AuroraError({
      code: 'not-in-channel',
      message: `${user.name} is not in #${channel.name}.`,
      hint: 'Act as a member of the channel.',
    });
  return channel;
}
