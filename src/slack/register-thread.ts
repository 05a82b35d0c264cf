/** What people say in threads, and the shortcut on a message of theirs. What a bot has posted is in its own records. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { InThread, Listeners, ThreadNews } from './conversation.ts';
import { conversation } from './converse.ts';
import { shortcutKey } from './dedup.ts';
import type { Reception } from './reception.ts';
import type { Listener } from './tell.ts';

/** As far as it is read (slack.md 1.7); of other kinds of messages nothing fits. */
const posted = z.object({
  user: z.string(),
  ts: z.string(),
  thread_ts: z.string(),
  text: z.string().default(''),
  // What a bot has posted in the name of a person is no word of theirs.
  bot_id: z.undefined().optional(),
  files: z.array(z.object({ name: z.string().nullish() })).default([]),
});
const spoken = posted.extend({
  channel: z.string(),
  subtype: z.enum(['file_share', 'thread_broadcast', 'me_message']).optional(),
});
const changed = z.object({
  subtype: z.literal('message_changed'),
  channel: z.string(),
  message: z.object({ text: z.string().default(''), subtype: z.string().optional() }),
  previous_message: posted,
});
const deleted = z.object({
  subtype: z.literal('message_deleted'),
  channel: z.string(),
  previous_message: posted,
});

const shortcutBody = z.object({
  callback_id: z.string(),
  action_ts: z.string().default(''),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }),
});

export function registerThread(app: App, reception: Reception, listeners: Listeners): void {
  app.event('message', async ({ event }) => {
    const news = newsOf(event);
    if (news !== null) await reception.hear('message', () => listeners.thread(news));
  });
  for (const [callbackId, handle] of Object.entries(listeners.shortcuts)) {
    app.shortcut({ type: 'message_action', callback_id: callbackId }, async ({ ack, body, respond }) => {
      const from = shortcutBody.parse(body);
      const listener: Listener = {
        userId: from.user.id,
        channel: from.channel.id,
        threadTs: from.message.thread_ts ?? null,
        respond: (answer) => respond(answer),
      };
      await reception.take({
        key: shortcutKey({
          teamId: from.team?.id ?? '',
          userId: from.user.id,
          callbackId,
          actionTs: from.action_ts,
        }),
        name: callbackId,
        teamId: from.user.team_id ?? from.team?.id ?? '',
        listener,
        ack: () => ack(),
        work: () => handle({ ...conversation(reception, listener), about: aboutOf(body) }),
      });
    });
  }
}

/** `null` for what is no message of a person in a thread, and for changes of such that change no word. */
function newsOf(event: unknown): ThreadNews | null {
  const said = spoken.safeParse(event);
  if (said.success) return { ...inThread(said.data.channel, said.data), change: { kind: 'said' } };
  const edit = changed.safeParse(event);
  if (edit.success) {
    const { channel, message, previous_message: before } = edit.data;
    // With replies a deleted message leaves a tombstone; a reply has none.
    if (message.subtype === 'tombstone') return { ...inThread(channel, before), change: { kind: 'deleted' } };
    return message.text === before.text
      ? null
      : { ...inThread(channel, before), change: { kind: 'edited', text: message.text } };
  }
  const gone = deleted.safeParse(event);
  if (!gone.success) return null;
  return { ...inThread(gone.data.channel, gone.data.previous_message), change: { kind: 'deleted' } };
}

function aboutOf(body: unknown): InThread | null {
  const used = z.object({ channel: z.object({ id: z.string() }), message: posted }).safeParse(body);
  return used.success ? inThread(used.data.channel.id, used.data.message) : null;
}

function inThread(channel: string, message: z.infer<typeof posted>): InThread {
  const { user: userId, ts, thread_ts: threadTs, text } = message;
  const files = message.files.flatMap(({ name }) => (name == null ? [] : [name]));
  return { channel, threadTs, message: { userId, ts, text, files } };
}
