/** What people do with messages that are there: edit and delete their own, and use the app's shortcuts on any. */
import { AuroraError } from '../../aurora/errors.ts';
import { rewritten } from '../api/chat.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import { eventPayload, shortcutPayload } from '../payloads.ts';
import type { Channel } from '../state/channels.ts';
import type { Message } from '../state/entities.ts';
import type { Workspace } from '../state/workspace.ts';
import { findActor, findActorsChannel } from './actor.ts';
import { escapeTyped } from './escape-typed.ts';
import { channelTypes, messageEvents } from './typing.ts';

interface World {
  readonly workspace: Workspace;
  readonly dispatcher: Dispatcher;
}

interface OnMessage {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
}

export function editMessage(world: World, act: OnMessage & { text: string }): void {
  const { workspace } = world;
  const { channel, message } = findOwn(workspace, act);
  const text = escapeTyped(workspace, act.text.trim());
  const now = rewritten(workspace, message, { text, blocks: [] });
  workspace.rewrite(channel.id, now);
  tellChanged(world, channel, { subtype: 'message_changed', message: now, previous_message: message });
}

export function deleteMessage(world: World, act: OnMessage): void {
  const { channel, message } = findOwn(world.workspace, act);
  world.workspace.deleteMessage(channel.id, message.ts);
  tellChanged(world, channel, {
    subtype: 'message_deleted',
    deleted_ts: message.ts,
    previous_message: message,
  });
}

/** Waits for the acknowledgement; `error` as with a press. */
export async function useShortcut(
  { workspace, dispatcher }: World,
  act: OnMessage & { callback_id: string },
): Promise<{ error: string | null }> {
  const { user, channel, message } = findMessage(workspace, act);
  const known = workspace.people.app.shortcuts?.find(({ callbackId }) => callbackId === act.callback_id);
  if (known === undefined)
    throw new AuroraError({
      code: 'no-such-shortcut',
      message: `The app has no shortcut ${act.callback_id}.`,
      hint: 'Ask /control/state which shortcuts it has.',
    });
  const payload = shortcutPayload(workspace, { user, channel, message, callbackId: known.callbackId });
  const ack = await dispatcher.ask('interactive', payload, `${user.name} uses ${known.name}`);
  return { error: ack.kind === 'acked' ? null : ack.kind };
}

function findMessage(workspace: Workspace, act: OnMessage) {
  const user = findActor(workspace, act.user);
  const channel = findActorsChannel(workspace, user, act.channel);
  const message = workspace.messages.find(channel.id, act.ts);
  if (message === undefined)
    throw new AuroraError({
      code: 'no-such-message',
      message: `There is no message ${act.ts} in #${channel.name}.`,
      hint: `Read /control/channels/${channel.id}/messages.`,
    });
  return { user, channel, message };
}

function findOwn(workspace: Workspace, act: OnMessage) {
  const found = findMessage(workspace, act);
  if (found.message.user === found.user.id) return found;
  throw new AuroraError({
    code: 'not-own-message',
    message: `${found.user.name} has not written that message.`,
    hint: 'People edit and delete messages of their own.',
  });
}

/** Slack tells of it as a message about the message (docs.slack.dev, events `message_changed` and `message_deleted`). */
function tellChanged(
  { workspace, dispatcher }: World,
  channel: Channel,
  change: { subtype: string; previous_message: Message } & Readonly<Record<string, unknown>>,
): void {
  const { app } = workspace.people;
  const wanted = app.events ?? [];
  if (!channel.members.has(app.botUserId) || !wanted.includes(messageEvents[channel.kind])) return;
  const ts = workspace.nextTs();
  const event = {
    type: 'message',
    ...change,
    hidden: true,
    channel: channel.id,
    channel_type: channelTypes[channel.kind],
    ts,
    event_ts: ts,
  };
  dispatcher.tell(eventPayload(workspace, event, channel.isExtShared), change.subtype);
}
