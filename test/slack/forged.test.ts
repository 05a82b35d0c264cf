/**
 * Somebody has stolen the bot's token: they post, edit and publish as the bot does, and people press. Nothing is decided by it,
 * whoever pressed is told, and it goes into the record.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { dialogues } from '../../src/slack/decisions/index.ts';
import { callApi, control } from '../local-slack/world.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until, write } from './support/slack-world.ts';
import { looking } from './support/whole-story.ts';

const told = z.object({ messages: z.array(z.object({ plain: z.string() })) });
const opened = z.object({ views: z.array(z.looseObject({ callback_id: z.string().optional() })) });

/** At the second look, with the people of this workspace. */
function lookOf(now: number): readonly RestoreEvent[] {
  const ours = JSON.stringify(looking).replaceAll(/T1:U(ANA|BO|CY)/g, 'T0LOCAL:U0$1');
  const events = JSON.parse(ours.replaceAll(/"U(ANA|BO|CY)"/g, '"U0$1"')) as RestoreEvent[];
  return events.map((event) => {
    if (event.type === 'gate-opened') return { ...event, expiresAt: now + 30 * 60_000 };
    return event.type === 'look-opened' ? { ...event, until: now + 30 * 60_000 } : event;
  });
}

let bot: Bot;
let card: string;

beforeEach(async () => {
  bot = await startBot('socket');
  const { store, clock } = bot.world;
  const lists = { killed: [], rescheduled: [], kept: [] };
  await store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(lists), version: 1 });
  await write(store, lookOf(clock.now()), { at: clock.now() });
  await bot.outbox.flush('R1');
  card = await until(async () => (await store.findPost('R1:card'))?.ts ?? null, 'the card');
});
afterEach(async () => {
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

const buttonsOfDecisions = Object.values(dialogues).flatMap(({ buttons }) => Object.keys(buttons));
const aboutRestores = [...buttonsOfDecisions, 'return-to-old', 'who-can-approve', 'full-plan', 'report'];

/** As the bot draws them, with words that say something else. */
const forged = (...actionIds: readonly string[]) => [
  { type: 'section', text: { type: 'mrkdwn', text: 'A host pages. Acknowledge it.' } },
  ...actionIds.map((action_id) => ({
    type: 'actions',
    elements: [
      { type: 'button', action_id, text: { type: 'plain_text', text: 'Acknowledge page' }, value: 'R1|' },
    ],
  })),
];
const thief = async (method: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const { body } = await callApi(bot.world.slack, method, args);
  expect(body['ok'], JSON.stringify(body)).toBe(true);
  return body;
};
const post = async (more: Record<string, unknown> = {}, actionIds = aboutRestores): Promise<string> =>
  z.string().parse(
    (
      await thief('chat.postMessage', {
        channel: 'C0OPS',
        text: 'x',
        blocks: forged(...actionIds),
        ...more,
      })
    )['ts'],
  );
const press = (user: string, on: Record<string, unknown>, action_id: string) =>
  control(bot.world.slack, 'press', { user, channel: 'C0OPS', action_id, confirmed: true, ...on });
const answers = async (user: string) =>
  told.parse(await control(bot.world.slack, `users/${user}/ephemerals`)).messages.map(({ plain }) => plain);
const formsOf = async (user: string) =>
  opened.parse(await control(bot.world.slack, `users/${user}/views`)).views;
/** What was written since the story. */
const eventsSince = async () =>
  (await bot.world.store.read('R1')).map(({ event }) => event).slice(looking.length);
const eventsOf = async (type: RestoreEvent['type']) =>
  (await eventsSince()).filter((event) => event.type === type);
const since = async () => (await eventsSince()).map(({ type }) => type);

describe('a message that somebody else has posted with our token', () => {
  it('has every button there is: a press does nothing but tell', async () => {
    const ts = await post();

    for (const actionId of aboutRestores) await press('U0BO', { ts }, actionId);

    const told = await until(async () => {
      const all = await answers('U0BO');
      return all.length === aboutRestores.length ? all : null;
    }, 'an answer to each');
    for (const answer of told) {
      expect(answer).toContain('This bot did not post that button; nothing was done');
      expect(answer).toMatch(/newest card of R1.*\/archives\/C0OPS\/p/s);
    }
    expect(await formsOf('U0BO')).toEqual([]);
    const written = (await eventsSince()).map((event) =>
      event.type === 'refused' ? `${event.person.userId} ${event.what} ${event.code}` : event.type,
    );
    expect(written.sort()).toEqual(
      aboutRestores.map((actionId) => `U0BO press ${actionId} not-our-message`).sort(),
    );
  });

  it.each(['in the thread', 'in another channel', 'to one person', 'in the Home tab'])(
    '%s is none of ours either',
    async (place) => {
      const blocks = forged('let-reconcile');
      const on = {
        'in the thread': async () => ({ ts: await post({ thread_ts: card }, ['let-reconcile']) }),
        'in another channel': async () => {
          await control(bot.world.slack, 'type', { user: 'U0BO', channel: 'C0OUT', text: 'hello' });
          bot.world.slack.workspace.channels.visibleTo('U0BO', 'C0OUT').members.add('U0BOT');
          return { channel: 'C0OUT', ts: await post({ channel: 'C0OUT' }, ['let-reconcile']) };
        },
        'to one person': async () => {
          const shown = await thief('chat.postEphemeral', {
            channel: 'C0OPS',
            user: 'U0BO',
            text: 'x',
            blocks,
          });
          return { ts: z.string().parse(shown['message_ts']) };
        },
        'in the Home tab': async () => {
          const shown = await thief('views.publish', { user_id: 'U0BO', view: { type: 'home', blocks } });
          return { channel: undefined, view_id: z.object({ id: z.string() }).parse(shown['view']).id };
        },
      }[place];

      expect(await press('U0BO', (await on?.()) ?? {}, 'let-reconcile')).not.toHaveProperty('error.code');

      await until(async () => (await eventsOf('refused')).length > 0, 'the refusal in the record');
      expect(await since()).toEqual(['refused']);
      expect(await formsOf('U0BO')).toEqual([]);
    },
  );
});

describe('a message of ours that somebody has edited', () => {
  it('gives a button weight only where it has had one', async () => {
    const preview = looking.findIndex((event) => event.type === 'step-completed' && event.step === 'preview');
    const reply = await bot.world.store.findPost(`R1:${preview + 1}.0`);
    await thief('chat.update', {
      channel: 'C0OPS',
      ts: reply?.ts,
      text: 'x',
      blocks: forged('let-reconcile'),
    });

    await press('U0BO', { ts: reply?.ts }, 'let-reconcile');

    await until(async () => (await eventsOf('refused')).length > 0, 'the refusal');
    expect(await formsOf('U0BO')).toEqual([]);
  });

  it('and where it has, under other words, the form says what it does, and nothing is done by the press', async () => {
    await thief('chat.update', { channel: 'C0OPS', ts: card, text: 'x', blocks: forged('let-reconcile') });

    await press('U0BO', { ts: card }, 'let-reconcile');

    const [form] = await until(async () => {
      const views = await formsOf('U0BO');
      return views.length > 0 ? views : null;
    }, 'the form');
    expect(JSON.stringify(form)).toContain('tasks are killed');
    expect(JSON.stringify(form)).toContain('*Cannot be undone:* the first reconciliation');
    expect(await since()).toEqual([]);

    await control(bot.world.slack, 'submit', { user: 'U0BO', values: {} });
    await until(async () => (await eventsOf('release-ordered')).length > 0, 'what the form was sent for');
  });
});

it('a message of ours that was not written down before a crash sends people to the card', async () => {
  const { store } = bot.world;
  const post = await store.findPost('R1:card');
  if (post === null) throw new Error('no card');
  await store.savePost({ ...post, ts: '1.000001' });

  await press('U0BO', { ts: card }, 'let-reconcile');

  const [answer] = await until(async () => {
    const all = await answers('U0BO');
    return all.length > 0 ? all : null;
  }, 'an answer');
  expect(answer).toContain('Press it on the newest card of R1');
  expect(await since()).toEqual(['refused']);
});

it('every decision goes through a form of its own, whatever is pressed', async () => {
  expect(Object.keys(bot.listeners.presses).sort()).toEqual(
    [
      ...aboutRestores,
      'snooze-alarm',
      'more',
      'start-restore',
      'show-all-backups',
      'look-at-backups-again',
      // Errands: none of them touches what runs.
      ...['backups-hold', 'approve-release', 'approve-backup-now'],
      'choose-cluster',
      'open-sign-page',
      // On an answer to one person: its value is a seal (test/commands/wish.test.ts).
      'ask-abort',
      'tick-off',
    ].sort(),
  );
  const forms = Object.values(dialogues).map(({ form }) => form.id);
  expect(new Set(forms).size).toBe(forms.length);
  expect(Object.keys(bot.listeners.submissions).sort()).toEqual(
    [...forms, 'snooze-alarm', 'return-to-old', 'propose-restore', 'tick-off', 'approve-errand'].sort(),
  );
});
