import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { readSlackFailure } from './slack-failure.ts';

const channelSchema = z.object({
  is_member: z.boolean().optional(),
  is_archived: z.boolean().optional(),
  is_ext_shared: z.boolean().optional(),
});

/** Whether a restore can be held in a channel. */
export interface Places {
  /** Why not, with the next step; `null` when it can. */
  judge(channel: string): Promise<{ code: string; message: string; hint: string } | null>;
}

/** Asks `conversations.info`: the bot must be a member, and nobody from another organisation may read along. */
export function createPlaces(client: Pick<WebClient, 'conversations'>): Places {
  return {
    judge: async (channel) => {
      try {
        const answer = await client.conversations.info({ channel });
        return judgeChannel(channel, channelSchema.parse(answer.channel ?? {}));
      } catch (error) {
        if (readSlackFailure(error)?.kind !== 'refused') throw error;
        return notInvited(channel);
      }
    },
  };
}

function judgeChannel(channel: string, found: z.infer<typeof channelSchema>) {
  if (found.is_archived === true) {
    return {
      code: 'channel-archived',
      message: `The channel of this cluster, \`${channel}\`, is archived.`,
      hint: 'Set another channel for the cluster in the configuration of the bot.',
    };
  }
  if (found.is_ext_shared === true) {
    return {
      code: 'channel-shared',
      message: 'The channel of this cluster is shared with another organisation.',
      hint: 'Run restores in a channel of your own: set it in the configuration of the bot.',
    };
  }
  return found.is_member === false ? notInvited(channel) : null;
}

function notInvited(channel: string) {
  return {
    code: 'not-in-channel',
    message: `The bot is not in the channel of this cluster, \`${channel}\`.`,
    hint: 'Invite it there (`/invite @aurora`), then try again.',
  };
}
