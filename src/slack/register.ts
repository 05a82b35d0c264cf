/** Gives every listener its name in Bolt, and turns Bolt's payloads into conversations. */
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';
import { actionIds, viewIds } from './action-ids.ts';
import type { Message } from './blocks.ts';
import type { Conversation, Listeners, ShownModal, Triggered } from './conversation.ts';
import { commandKey, eventKey, pressKey, submissionKey } from './dedup.ts';
import { decodeEntities } from './escape.ts';
import type { Reception } from './reception.ts';
import { readSlackFailure } from './slack-failure.ts';
import { parseModalMetadata } from './subject.ts';
import type { Listener, Respond } from './tell.ts';

const pressBody = z.object({
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  trigger_id: z.string().default(''),
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ message_ts: z.string().optional(), thread_ts: z.string().optional() }).optional(),
  message: z.object({ ts: z.string().optional(), thread_ts: z.string().optional() }).optional(),
  view: z.object({ id: z.string(), private_metadata: z.string().default('') }).optional(),
});
const pressed = z.object({
  action_id: z.string(),
  action_ts: z.string().default(''),
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
});
const submissionBody = z.object({
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  view: z.object({
    id: z.string(),
    hash: z.string().default(''),
    private_metadata: z.string().default(''),
    state: z.object({
      values: z.record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            value: z.string().nullish(),
            selected_option: z.object({ value: z.string() }).nullish(),
          }),
        ),
      ),
    }),
  }),
});
const mentionBody = z.object({
  team_id: z.string().optional(),
  event_id: z.string(),
  event: z.object({
    user: z.string(),
    user_team: z.string().optional(),
    text: z.string().default(''),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
  }),
});

/** Registers all listeners; also one for buttons of another version of the bot, which would be silent. */
export function registerListeners(app: App, listeners: Listeners, reception: Reception): void {
  for (const [name, handle] of Object.entries(listeners.commands)) {
    app.command(name, async ({ ack, body, respond }) => {
      const listener: Listener = {
        userId: body.user_id,
        channel: body.channel_id,
        threadTs: null,
        respond: (answer) => respond(answer),
      };
      await reception.take({
        key: commandKey(body),
        name,
        teamId: body.team_id,
        listener,
        ack: () => ack(),
        work: () =>
          handle({
            ...conversation(reception, listener),
            ...triggered(reception, { triggerId: body.trigger_id, viewId: null }),
            text: decodeEntities(body.text ?? '').slice(0, 1000),
          }),
      });
    });
  }
  for (const actionId of Object.values(actionIds)) {
    registerPress(app, reception, actionId, listeners.presses[actionId]);
  }
  const known = Object.values(actionIds).join('|');
  registerPress(app, reception, new RegExp(`^(?!(?:${known})$)`), () => {
    throw new AuroraError({
      code: 'unknown-button',
      message: 'That button belongs to another version of this bot.',
      hint: 'The card at the top of the thread has the buttons of now.',
    });
  });
  for (const viewId of Object.values(viewIds)) {
    registerSubmission(app, reception, viewId, listeners.submissions[viewId]);
  }
  app.event('app_mention', async ({ body }) => {
    const { event, event_id, team_id } = mentionBody.parse(body);
    const listener: Listener = {
      userId: event.user,
      channel: event.channel,
      threadTs: event.thread_ts ?? null,
      respond: null,
    };
    await reception.take({
      key: eventKey(event_id),
      name: 'app_mention',
      teamId: event.user_team ?? team_id ?? '',
      listener,
      ack: null,
      work: () =>
        listeners.mention({
          ...conversation(reception, listener),
          text: decodeEntities(event.text).slice(0, 1000),
        }),
    });
  });
}

function registerPress(
  app: App,
  reception: Reception,
  actionId: string | RegExp,
  handle: Listeners['presses'][keyof Listeners['presses']],
): void {
  app.action(actionId, async ({ ack, body, action, respond }) => {
    const from = pressBody.parse(body);
    const what = pressed.parse(action);
    const origin = parseModalMetadata(from.view?.private_metadata ?? '');
    const threadTs = from.message?.thread_ts ?? from.container?.thread_ts ?? null;
    const place = from.container?.message_ts ?? from.view?.id ?? '';
    const listener: Listener = {
      userId: from.user.id,
      channel: from.channel?.id ?? origin?.channel ?? '',
      threadTs: threadTs === place ? null : (threadTs ?? origin?.threadTs ?? null),
      respond: from.view === undefined ? (answer) => respond(answer) : null,
    };
    await reception.take({
      key: pressKey({
        teamId: from.team?.id ?? '',
        userId: from.user.id,
        place,
        actionId: what.action_id,
        actionTs: what.action_ts,
      }),
      name: what.action_id,
      teamId: from.user.team_id ?? from.team?.id ?? '',
      listener,
      ack: () => ack(),
      work: async () =>
        handle({
          ...conversation(reception, listener),
          ...triggered(reception, { triggerId: from.trigger_id, viewId: from.view?.id ?? null }),
          value: what.value ?? what.selected_option?.value ?? '',
          inModal: from.view === undefined ? null : { metadata: from.view.private_metadata },
        }),
    });
  });
}

function registerSubmission(
  app: App,
  reception: Reception,
  viewId: string,
  handle: Listeners['submissions'][keyof Listeners['submissions']],
): void {
  app.view(viewId, async ({ ack, body }) => {
    const from = submissionBody.parse(body);
    const { view } = from;
    const origin = parseModalMetadata(view.private_metadata);
    const listener: Listener = {
      userId: from.user.id,
      channel: origin?.channel ?? '',
      threadTs: origin?.threadTs ?? null,
      respond: null,
    };
    const values = Object.fromEntries(
      Object.entries(view.state.values).map(([blockId, elements]) => {
        const [element] = Object.values(elements);
        return [blockId, element?.value ?? element?.selected_option?.value ?? ''];
      }),
    );
    await reception.take({
      key: submissionKey(view, from.user.id),
      name: viewId,
      teamId: from.user.team_id ?? from.team?.id ?? '',
      listener,
      ack: () => ack(),
      work: () => handle({ ...conversation(reception, listener), metadata: view.private_metadata, values }),
    });
  });
}

function conversation(reception: Reception, listener: Listener): Conversation {
  const { respond } = listener;
  return {
    userId: listener.userId,
    channel: listener.channel,
    threadTs: listener.threadTs,
    tell: (message) => reception.tell(listener, message),
    share: async (message) => {
      if (respond === null) await reception.tell(listener, message);
      else await shareBy(respond, message);
    },
  };
}

async function shareBy(respond: Respond, message: Message): Promise<void> {
  await respond({
    text: message.text,
    blocks: [...message.blocks],
    response_type: 'in_channel',
    replace_original: false,
  });
}

function triggered(
  reception: Reception,
  { triggerId, viewId }: { triggerId: string; viewId: string | null },
): Triggered {
  const { client } = reception;
  const fill = async (id: string, view: ModalView): Promise<void> => {
    try {
      await client.views.update({ view_id: id, view });
    } catch (error) {
      const failure = readSlackFailure(error);
      if (failure?.kind !== 'refused' || failure.code !== 'not_found') throw error;
    }
  };
  const shown = (id: string): ShownModal => ({ fill: (view) => fill(id, view) });
  return {
    show: async (view) => {
      if (viewId !== null) {
        await fill(viewId, view);
        return shown(viewId);
      }
      try {
        const answer = await client.views.open({ trigger_id: triggerId, view });
        return shown(answer.view?.id ?? '');
      } catch (error) {
        const failure = readSlackFailure(error);
        if (failure?.kind !== 'refused' || !tooLate.has(failure.code)) throw error;
        throw new AuroraError({
          code: 'trigger-expired',
          message: 'Slack did not let the form open: more than three seconds had passed.',
          hint: 'Nothing was done. Press again.',
          cause: error,
        });
      }
    },
  };
}

const tooLate = new Set(['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id']);
