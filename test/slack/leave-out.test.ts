/** People leave tasks out, pause and resume through the local Slack, over both transports; the worker is not there. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import type { Message } from '../../src/slack/blocks.ts';
import { control } from '../local-slack/world.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until, write } from './support/slack-world.ts';
import { commitDigest, staged } from './support/whole-story.ts';

const told = z.object({ messages: z.array(z.object({ plain: z.string() })) });
const opened = z.object({ views: z.array(z.looseObject({ id: z.string(), callback_id: z.string() })) });
const offered = z.object({
  options: z.array(z.object({ text: z.object({ text: z.string() }), value: z.string() })),
  option_groups: z.array(z.object({ label: z.object({ text: z.string() }) })),
  error: z.string().nullable(),
});

const jobKey = { role: 'www', environment: 'prod', name: 'web' };
const cards = z.object({
  messages: z.array(
    z.object({
      blocks: z
        .array(
          z.object({
            elements: z
              .array(
                z.object({
                  options: z
                    .array(z.object({ text: z.object({ text: z.string() }), value: z.string() }))
                    .optional(),
                }),
              )
              .optional(),
          }),
        )
        .optional(),
    }),
  ),
});
const longId = (n: number) => `www-prod-web-${n}-${'x'.repeat(200)}`;
const tasks = Array.from({ length: 130 }, (_, n) => ({ taskId: longId(n), jobKey, status: 'RUNNING' }));
const another = { taskId: 'ads-1', jobKey: { ...jobKey, role: 'ads' }, status: 'RUNNING' };

describe.each(['socket', 'http'] as const)('the bot over %s', (kind) => {
  let bot: Bot;
  let ts: string;

  beforeEach(async () => {
    bot = await startBot(kind);
    const { store, clock } = bot.world;
    // The people of this workspace, and gates that are open now.
    const events = staged.map((event) => {
      if (event.type === 'restore-proposed') {
        const requester = { ...event.requester, id: 'T0ACME:U0ANA', userId: 'U0ANA' };
        return { ...event, requester, policy: { ...event.policy, approvers: ['U0ANA', 'U0BO', 'U0CY'] } };
      }
      return event.type === 'gate-opened' ? { ...event, expiresAt: clock.now() + 30 * 60_000 } : event;
    });
    await write(store, events, { at: clock.now() });
    await store.save({
      restoreId: 'R1',
      name: 'staged-tasks',
      text: JSON.stringify([...tasks, another]),
      version: 1,
    });
    await bot.outbox.flush('R1');
    ts = await until(async () => (await store.findPost('R1:card'))?.ts ?? null, 'the card');
  });
  afterEach(async () => {
    await bot.app.stop();
    await bot.outbox.stop();
    await bot.world.close();
  });

  const act = (path: string, body: Record<string, unknown>) => control(bot.world.slack, path, body);
  const press = (user: string, action_id: string) =>
    act('press', { user, channel: 'C0OPS', ts, action_id, confirmed: true });
  /** Out of the menu of the card. */
  const choose = async (user: string, label: string) => {
    const { messages } = cards.parse(await control(bot.world.slack, 'channels/C0OPS/messages'));
    const options = messages.flatMap(({ blocks = [] }) =>
      blocks.flatMap(({ elements = [] }) => elements.flatMap(({ options = [] }) => options)),
    );
    const value = options.find(({ text }) => text.text === label)?.value;
    if (value === undefined) throw new Error(`no menu offers ${label}`);
    await act('press', { user, channel: 'C0OPS', ts, action_id: 'more', value });
  };
  const answer = async (user: string) =>
    await until(
      async () =>
        told.parse(await control(bot.world.slack, `users/${user}/ephemerals`)).messages[0]?.plain ?? null,
      `an answer to ${user}`,
    );
  const form = async (user: string, callbackId: string) =>
    await until(async () => {
      const { views } = opened.parse(await control(bot.world.slack, `users/${user}/views`));
      return views.find((view) => view.callback_id === callbackId)?.id ?? null;
    }, `the form ${callbackId}`);
  const search = async (user: string, view_id: string, action_id: string, value: string) =>
    offered.parse(await act('suggest', { user, view_id, action_id, value }));
  const inThread = async (words: string) =>
    await until(
      async () => (await bot.world.threadTexts()).find((text) => text.includes(words)) ?? null,
      `"${words}" in the thread`,
    );
  const inCard = async (words: string) =>
    await until(
      async () => (await bot.world.channelTexts()).find((text) => text.includes(words)) ?? null,
      `"${words}" on the card`,
    );
  const eventsOf = async (type: string) =>
    (await bot.world.store.read('R1')).map(({ event }) => event).filter((event) => event.type === type);

  it('offers jobs and tasks while one types, a hundred at most, and leaves out what was chosen', async () => {
    await press('U0BO', 'leave-out');
    const view = await form('U0BO', 'leave-out');

    const jobs = await search('U0BO', view, 'leave-out-jobs', '');
    const all = await search('U0BO', view, 'leave-out-tasks', '');
    const some = await search('U0BO', view, 'leave-out-tasks', 'web-12');
    const sent = await act('submit', {
      user: 'U0BO',
      values: { tasks: some.options.map(({ value }) => value), reason: 'stopped on purpose' },
    });

    expect(jobs.options.map(({ text }) => text.text)).toEqual([
      'ads/prod/web · 1 task',
      'www/prod/web · 130 tasks',
    ]);
    expect(all.options).toHaveLength(100);
    expect(all.option_groups).toMatchObject([
      { label: { text: 'More than these 100 match: keep typing to narrow them down' } },
    ]);
    expect(some.options).toHaveLength(11);
    expect(sent['result']).toEqual({ kind: 'closed' });
    expect(await inThread('left 11 tasks out')).toContain('stopped on purpose');
    expect(await eventsOf('edit-ordered')).toMatchObject([
      {
        person: { userId: 'U0BO' },
        taskIds: [longId(12), ...Array.from({ length: 10 }, (_, n) => longId(120 + n))].sort(),
      },
    ]);
  });

  it('keeps the form open while nothing is chosen, and takes it once something is', async () => {
    await press('U0BO', 'leave-out');
    const view = await form('U0BO', 'leave-out');
    const [job] = (await search('U0BO', view, 'leave-out-jobs', 'ads')).options;

    const empty = await act('submit', { user: 'U0BO', values: { reason: 'stopped on purpose' } });
    const full = await act('submit', { user: 'U0BO', values: { jobs: [job?.value ?? ''] } });

    expect(empty['result']).toEqual({
      kind: 'errors',
      errors: { jobs: 'Choose a job here, or a task below.' },
    });
    expect(full['result']).toEqual({ kind: 'closed' });
    await inThread('left 1 task out');
  });

  it('refuses to leave everything out, and who may not edit', async () => {
    await press('U0GUS', 'leave-out');
    expect(await answer('U0GUS')).toContain('a guest');

    await press('U0BO', 'leave-out');
    const view = await form('U0BO', 'leave-out');
    const { options } = await search('U0BO', view, 'leave-out-jobs', '');
    await act('submit', { user: 'U0BO', values: { jobs: options.map(({ value }) => value), reason: 'x' } });
    expect(await answer('U0BO')).toContain('That would leave every task out');

    expect(await eventsOf('edit-ordered')).toEqual([]);
    expect(await eventsOf('refused')).toHaveLength(3);
  });

  it('pauses with a reason, and resumes for an approver alone', async () => {
    await choose('U0GUS', 'Pause…');
    const guest = await answer('U0GUS');
    await choose('U0CY', 'Pause…');
    await form('U0CY', 'pause');
    await act('submit', { user: 'U0CY', values: { reason: 'ads is still counting' } });
    const card = await inCard('Paused by @cy');
    await press('U0GUS', 'resume');
    await press('U0BO', 'resume');
    await form('U0BO', 'resume');
    await act('submit', { user: 'U0BO', values: {} });

    expect(guest).toContain('a guest');
    expect(card).toContain('[Resume…]');
    expect(card).not.toContain('[Sign off…]');
    expect(await inThread('resumed the restore')).toContain('@bo');
    await inCard('[Sign off…]');
  });

  it('refuses a button of what has changed at once, in the words of the judgement', async () => {
    const { store, clock } = bot.world;
    const again = {
      gate: 'commit',
      digest: 'ab'.repeat(32),
      needed: 2,
      expiresAt: clock.now() + 60_000,
    } as const;
    const reopened: readonly RestoreEvent[] = [
      { type: 'gate-expired', gate: 'commit' },
      { type: 'gate-opened', ...again },
    ];
    await write(store, reopened, {
      afterSeq: staged.length,
      at: clock.now(),
    });
    const seen: string[] = [];
    const shown: unknown[] = [];
    const tell = (message: Message) => Promise.resolve(void seen.push(message.text));

    await bot.listeners.presses['leave-out']?.({
      userId: 'U0BO',
      channel: 'C0OPS',
      threadTs: ts,
      tell,
      share: tell,
      value: `R1|${commitDigest}`,
      actionId: 'leave-out',
      message: { channel: 'C0OPS', ts },
      inModal: null,
      show: (view) => {
        shown.push(view);
        return Promise.resolve({ fill: () => Promise.resolve() });
      },
    });

    expect(shown).toEqual([]);
    expect(seen[0]).toContain('What that message was about has changed since.');
    expect(await eventsOf('edit-ordered')).toEqual([]);
  });
});
