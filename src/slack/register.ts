/** Gives every listener its name in Bolt, and turns Bolt's payloads into conversations. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import { AuroraError } from '../aurora/errors.ts';
import type { Listeners, Submission, SubmissionCheck } from './conversation.ts';
import { conversation, triggered } from './converse.ts';
import { commandKey, eventKey, pressKey, submissionKey } from './dedup.ts';
import { decodeEntities } from './escape.ts';
import type { Reception } from './reception.ts';
import { registerHome } from './register-home.ts';
import { registerSearch } from './register-search.ts';
import { registerThread } from './register-thread.ts';
import { placeOf } from './sealed.ts';
import type { Listener } from './tell.ts';

const pressBody = z.object({
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  trigger_id: z.string().default(''),
  channel: z.object({ id: z.string() }).optional(),
  container: z
    .object({
      message_ts: z.string().optional(),
      thread_ts: z.string().optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
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
            selected_options: z.array(z.object({ value: z.string() })).optional(),
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
  for (const [actionId, handle] of Object.entries(listeners.presses)) {
    registerPress(app, reception, actionId, handle);
  }
  const known = Object.keys(listeners.presses).join('|');
  registerPress(app, reception, new RegExp(`^(?!(?:${known})$)`), () => {
    throw new AuroraError({
      code: 'unknown-button',
      message: 'That button belongs to another version of this bot.',
      hint: 'The card at the top of the thread has the current buttons.',
    });
  });
  for (const [viewId, handle] of Object.entries(listeners.submissions)) {
    registerSubmission(app, reception, viewId, { handle, check: listeners.formChecks[viewId] });
  }
  for (const [optionId, find] of Object.entries(listeners.searches)) {
    registerSearch(app, reception, optionId, find);
  }
  registerThread(app, reception, listeners);
  registerHome(app, reception, listeners);
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
  handle: Listeners['presses'][string],
): void {
  app.action(actionId, async ({ ack, body, action, respond }) => {
    const from = pressBody.parse(body);
    const what = pressed.parse(action);
    const origin = placeOf(from.view?.private_metadata ?? '');
    const threadTs = from.message?.thread_ts ?? from.container?.thread_ts ?? null;
    const place = from.container?.message_ts ?? from.view?.id ?? '';
    const listener: Listener = {
      userId: from.user.id,
      channel: from.channel?.id ?? origin?.channel ?? '',
      threadTs: threadTs === place ? null : (threadTs ?? origin?.threadTs ?? null),
      respond: from.view === undefined ? (answer) => respond(answer) : null,
      isOnAnswer: from.container?.is_ephemeral === true,
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
          actionId: what.action_id,
          message: messageOf(from),
          inModal: from.view === undefined ? null : { metadata: from.view.private_metadata },
        }),
    });
  });
}

/** An ephemeral message has a `ts` as well, and is none that anybody could find again. */
function messageOf({ channel, container, view }: z.infer<typeof pressBody>) {
  const ts = container?.message_ts;
  return view === undefined && channel !== undefined && ts !== undefined ? { channel: channel.id, ts } : null;
}

function registerSubmission(
  app: App,
  reception: Reception,
  viewId: string,
  form: {
    handle: Listeners['submissions'][string];
    check: SubmissionCheck | undefined;
  },
): void {
  app.view(viewId, async ({ ack, body }) => {
    const from = submissionBody.parse(body);
    const { view } = from;
    const origin = placeOf(view.private_metadata);
    const listener: Listener = {
      userId: from.user.id,
      channel: origin?.channel ?? '',
      threadTs: origin?.threadTs ?? null,
      respond: null,
    };
    const { values, chosen } = filledIn(view.state.values);
    const { private_metadata: metadata } = view;
    const errors = (await form.check?.({ values, chosen, metadata, userId: from.user.id })) ?? null;
    if (errors !== null) {
      // The form stays open, and its next submission is named like this one: nothing is claimed for it.
      await ack({ response_action: 'errors', errors: { ...errors } });
      return;
    }
    await reception.take({
      key: submissionKey(view, from.user.id),
      name: viewId,
      teamId: from.user.team_id ?? from.team?.id ?? '',
      listener,
      ack: () => ack(),
      work: () =>
        form.handle({
          ...conversation(reception, listener),
          metadata,
          values,
          chosen,
        }),
    });
  });
}

/** The fields of a form by block id: each has one element. */
function filledIn(
  fields: z.infer<typeof submissionBody>['view']['state']['values'],
): Pick<Submission, 'values' | 'chosen'> {
  const elements = Object.entries(fields).map(
    ([blockId, inBlock]) => [blockId, Object.values(inBlock)[0]] as const,
  );
  return {
    values: Object.fromEntries(
      elements.map(([blockId, one]) => [blockId, one?.value ?? one?.selected_option?.value ?? '']),
    ),
    chosen: Object.fromEntries(
      elements.map(([blockId, one]) => [blockId, one?.selected_options?.map(({ value }) => value) ?? []]),
    ),
  };
}
