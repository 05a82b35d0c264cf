import type { LocalChannel } from '../options.ts';
import { SlackRefusal } from '../refusal.ts';

/** A channel or direct message with its members. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'direct';
  readonly isArchived: boolean;
  readonly isExtShared: boolean;
  readonly topic: string;
  readonly members: Set<string>;
}

export class Channels {
  private readonly byId = new Map<string, Channel>();

  constructor(channels: readonly LocalChannel[]) {
    for (const channel of channels)
      this.byId.set(channel.id, {
        id: channel.id,
        name: channel.name,
        kind: channel.isPrivate === true ? 'private' : 'public',
        isArchived: channel.isArchived ?? false,
        isExtShared: channel.isExtShared ?? false,
        topic: channel.topic ?? '',
        members: new Set(channel.members),
      });
  }

  all(): readonly Channel[] {
    return [...this.byId.values()];
  }

  find(id: string): Channel | undefined {
    return this.byId.get(id);
  }

  /** By id, or by name with or without `#`, as `chat.postMessage` takes it. */
  findByName(name: string): Channel | undefined {
    const bare = name.replace(/^#/, '');
    return this.all().find((channel) => channel.kind !== 'direct' && channel.name === bare);
  }

  /** The channel as `reader` may see it; a private one they are not in does not exist for them. */
  visibleTo(reader: string, id: string): Channel {
    const channel = this.byId.get(id);
    if (channel === undefined || (channel.kind !== 'public' && !channel.members.has(reader)))
      throw new SlackRefusal('channel_not_found');
    return channel;
  }

  findDirect(users: readonly string[]): Channel | undefined {
    const wanted = new Set(users);
    return this.all().find(
      (channel) => channel.kind === 'direct' && wanted.symmetricDifference(channel.members).size === 0,
    );
  }

  addDirect(id: string, users: readonly string[]): Channel {
    const channel: Channel = {
      id,
      name: id,
      kind: 'direct',
      isArchived: false,
      isExtShared: false,
      topic: '',
      members: new Set(users),
    };
    this.byId.set(id, channel);
    return channel;
  }
}

/** The conversation object of `conversations.info`, as seen by `reader`. */
export function channelObject(channel: Channel, reader: string, teamId: string) {
  const direct = channel.kind === 'direct';
  return {
    id: channel.id,
    created: 0,
    ...(direct
      ? {
          is_im: channel.members.size <= 2,
          is_mpim: channel.members.size > 2,
          user: [...channel.members].find((member) => member !== reader) ?? reader,
        }
      : { name: channel.name, name_normalized: channel.name, is_im: false, is_mpim: false }),
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_private: channel.kind !== 'public',
    is_archived: channel.isArchived,
    is_general: false,
    is_member: channel.members.has(reader),
    is_shared: channel.isExtShared,
    is_org_shared: false,
    is_ext_shared: channel.isExtShared,
    is_pending_ext_shared: false,
    context_team_id: teamId,
    creator: 'USLACKBOT',
    num_members: channel.members.size,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}
