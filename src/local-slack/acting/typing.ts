import { AuroraError } from '../../aurora/errors.ts';
import type { Block } from '../block-kit/blocks.ts';
import type { RichTextRun } from '../block-kit/rich-text.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { LocalUser } from '../options.ts';
import { eventPayload } from '../payloads.ts';
import type { Channel } from '../state/channels.ts';
import type { Message } from '../state/entities.ts';
import type { Workspace } from '../state/workspace.ts';
import { findActor, findActorsChannel } from './actor.ts';
import { type CommandResult, runCommand } from './commands.ts';
import { escapeTyped } from './escape-typed.ts';

interface Typed {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly thread_ts?: string | undefined;
}

/** What came of typing: a message, or a command and how the app took it. */
type TypedResult = { readonly kind: 'message'; readonly ts: string } | CommandResult;

/** Sends what a person typed into the composer of a channel or a thread. Waits for a command's acknowledgement. */
export async function typeText(
  world: { workspace: Workspace; dispatcher: Dispatcher },
  typed: Typed,
): Promise<TypedResult> {
  const { workspace } = world;
  const user = findActor(workspace, typed.user);
  const channel = findActorsChannel(workspace, user, typed.channel);
  const text = typed.text.trim();
  if (text === '')
    throw new AuroraError({ code: 'empty-text', message: 'Nothing was typed.', hint: 'Type something.' });
  if (text.startsWith('/'))
    return await runCommand(world, { user, channel, text, threadTs: typed.thread_ts });
  return { kind: 'message', ts: postTyped(world, { user, channel, text, threadTs: typed.thread_ts }).ts };
}

function postTyped(
  { workspace, dispatcher }: { workspace: Workspace; dispatcher: Dispatcher },
  typed: { user: LocalUser; channel: Channel; text: string; threadTs: string | undefined },
): Message {
  const text = escapeTyped(workspace, typed.text);
  const message = workspace.postAsUser(typed.channel, typed.user.id, {
    text,
    blocks: [richTextOf(text)],
    threadTs: typed.threadTs,
  });
  const { app } = workspace.people;
  const events = app.events ?? ['app_mention', 'app_home_opened'];
  if (!typed.channel.members.has(app.botUserId)) return message;
  const event = {
    ...message,
    channel: typed.channel.id,
    channel_type: channelTypes[typed.channel.kind],
    event_ts: message.ts,
  };
  if (text.includes(`<@${app.botUserId}>`) && events.includes('app_mention')) {
    const { channel_type: _type, ...mention } = event;
    dispatcher.tell(
      eventPayload(workspace, { ...mention, type: 'app_mention' }, typed.channel.isExtShared),
      `app_mention by ${typed.user.name}`,
    );
  }
  if (events.includes(messageEvents[typed.channel.kind]))
    dispatcher.tell(
      eventPayload(workspace, event, typed.channel.isExtShared),
      `message by ${typed.user.name}`,
    );
  return message;
}

export const channelTypes = { public: 'channel', private: 'group', direct: 'im' } as const;
export const messageEvents = {
  public: 'message.channels',
  private: 'message.groups',
  direct: 'message.im',
} as const;

/** What people type arrives as one rich_text block beside the text. */
function richTextOf(text: string): Block {
  const elements = text
    .split(/(<[^>]+>)/)
    .filter((part) => part !== '')
    .map(runOf);
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

function runOf(part: string): RichTextRun {
  const user = /^<@([UW][A-Z0-9]+)>$/.exec(part)?.[1];
  if (user !== undefined) return { type: 'user', user_id: user };
  const channel = /^<#(C[A-Z0-9]+)/.exec(part)?.[1];
  if (channel !== undefined) return { type: 'channel', channel_id: channel };
  const group = /^<!subteam\^(S[A-Z0-9]+)/.exec(part)?.[1];
  if (group !== undefined) return { type: 'usergroup', usergroup_id: group };
  const url = /^<(https?:[^>|]+)/.exec(part)?.[1];
  if (url !== undefined) return { type: 'link', url: url.replaceAll('&amp;', '&') };
  return {
    type: 'text',
    text: part.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  };
}
