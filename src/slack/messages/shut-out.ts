/** The bot cannot write where a restore is held: what that is, and what to do, wherever somebody still hears of it. */
import type { RestoreState } from '../../restore/record/state.ts';
import { type Message, message, section } from '../blocks.ts';
import { code, mentionChannel } from '../escape.ts';

/** Slack's words for a channel that takes nothing from the bot (slack.md 4.1), in ours: what is so, what to do. */
const words: Readonly<Record<string, readonly [because: string, remedy: string]>> = {
  not_in_channel: ['the bot was removed from it', 'Invite the bot there again (`/invite @aurora`)'],
  channel_not_found: [
    'the bot cannot see it: it was deleted, or made private without the bot',
    'Invite the bot there again (`/invite @aurora`), or set another channel in its configuration',
  ],
  is_archived: ['it is archived', 'Unarchive it, and invite the bot (`/invite @aurora`)'],
  restricted_action: [
    'only some people may post there',
    'Let the bot post in it (the channel’s settings), or ask an administrator of the workspace',
  ],
};
const sameAs: Readonly<Record<string, string>> = {
  restricted_action_read_only_channel: 'restricted_action',
  restricted_action_non_threadable_channel: 'restricted_action',
  restricted_action_thread_locked: 'restricted_action',
  restricted_action_thread_only_channel: 'restricted_action',
};

/** Whether this refusal of Slack means that the channel takes nothing from the bot. */
export function isShutOut(refusal: string): boolean {
  return (sameAs[refusal] ?? refusal) in words;
}

/** One paragraph: nothing is shown, why, and what to do. */
export function shutOutText(channel: string, refusal: string): string {
  const [because, remedy] = words[sameAs[refusal] ?? refusal] ?? ['Slack refuses it', 'Look at its settings'];
  return `:warning: *Nothing can be shown in ${mentionChannel(channel)}:* ${because}. ${remedy}; then everything is shown there, in order. Nothing was lost.`;
}

/** To those who must act, by direct message: the thread cannot tell them. */
export function renderShutOut(state: RestoreState, refusal: string): Message {
  const { cluster, channel } = state.proposal;
  return message([
    section(`*The restore ${state.restoreId} of ${code(cluster)} continues where you cannot see it.*`),
    section(shutOutText(channel, refusal)),
    section(
      '`/aurora status` and `/aurora restore who`, in any channel, say where it stands and who must act.',
    ),
  ]);
}
