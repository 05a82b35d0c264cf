/**
 * A night of somebody tired: ten wrong turns, over the local Slack and with a journal that is written as the worker would. Each
 * ends with one answer, and in it the sentence that gets them on.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { control } from '../local-slack/world.ts';
import { bo } from '../restore/support/story.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until } from './support/slack-world.ts';
import { looking, opened, planned, signed, staged, stories } from './support/whole-story.ts';

const seen = z.object({ messages: z.array(z.object({ ts: z.string(), plain: z.string() })) });

let bot: Bot;
beforeAll(async () => {
  bot = await startBot('socket');
});
afterAll(async () => {
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

const act = (path: string, body: Record<string, unknown>) => control(bot.world.slack, path, body);
const ephemerals = async (user: string) =>
  seen.parse(await control(bot.world.slack, `users/${user}/ephemerals`)).messages;

/** What this person alone is told because of that, and nothing beside it. */
async function answerTo(user: string, doing: () => Promise<unknown>): Promise<string> {
  const before = (await ephemerals(user)).length;
  await doing();
  await until(async () => (await ephemerals(user)).length > before, `an answer to ${user}`);
  const [answer, ...more] = (await ephemerals(user)).slice(before);
  expect(more).toEqual([]);
  return answer?.plain ?? '';
}
const typed = (user: string, text: string, thread_ts?: string) =>
  answerTo(user, () =>
    act('type', { user, channel: 'C0OPS', text, ...(thread_ts !== undefined && { thread_ts }) }),
  );

async function modal(user: string, has: string): Promise<void> {
  await until(async () => {
    const { views } = await control(bot.world.slack, `users/${user}/views`);
    return JSON.stringify(views).includes(has);
  }, `a form with ${has}`);
}
const press = (user: string, ts: string, action_id: string) =>
  act('press', { user, channel: 'C0OPS', ts, action_id });

/** Ana proposes; the card's `ts`. */
async function propose(restoreId: string): Promise<string> {
  await act('type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora restore' });
  await modal('U0ANA', 'Show me the plan');
  await act('submit', { user: 'U0ANA', values: { reason: 'log corrupt' } });
  return await cardOf(restoreId);
}
const cardOf = async (restoreId: string) =>
  await until(async () => (await bot.world.store.findPost(`${restoreId}:card`))?.ts ?? null, 'the card');

/** What the worker writes, with gates that are open now. */
async function goOn(restoreId: string, events: readonly RestoreEvent[]): Promise<void> {
  const { store, clock } = bot.world;
  for (const event of events) {
    const later = 'expiresAt' in event ? { ...event, expiresAt: clock.now() + 30 * 60_000 } : event;
    await store.append({
      restoreId,
      expectedSeq: (await store.read(restoreId)).length,
      at: clock.now(),
      events: [later as RestoreEvent],
      ends: event.type === 'restore-ended',
    });
  }
  await bot.outbox.flush(restoreId);
}
const endOf = (name: 'expired' | 'declined'): readonly RestoreEvent[] =>
  (stories[name] ?? []).slice(planned.length);
/** In the thread of a card, the last thing said. */
async function lastIn(ts: string): Promise<string> {
  const thread = seen.parse(await control(bot.world.slack, `channels/C0OPS/threads/${ts}`)).messages;
  return thread.at(-1)?.plain ?? '';
}

/** Each goes on where the one before has ended. */
const wrongTurns: Readonly<Record<string, () => Promise<void>>> = {
  'types a wrong command': async () => {
    expect(await typed('U0ANA', '/aurora abrot')).toBe(
      'There is no /aurora abrot. Did you mean /aurora abort?',
    );
    expect(await typed('U0ANA', '/aurora abort')).toBe(
      'No restore of east is in progress, so there is nothing to stop.',
    );
  },

  'names a wrong cluster': async () => {
    expect(await typed('U0ANA', '/aurora restore esat')).toBe(
      'There is no cluster called esat in the configuration.\nDid you mean east? Known: east.',
    );
  },

  'is the wrong person': async () => {
    expect(await typed('U0GUS', '/aurora restore')).toBe(
      'You cannot do this: a guest.\nFull members of this workspace can.',
    );
    expect(await bot.world.store.listRestores({})).toEqual([]);
  },

  'approves too late': async () => {
    const card = await propose('R1');
    await goOn('R1', planned.slice(1));
    await press('U0BO', card, 'approve-stop');
    await modal('U0BO', 'Approve the stop');

    await goOn('R1', endOf('expired'));

    expect(await answerTo('U0BO', () => act('submit', { user: 'U0BO', values: {} }))).toBe(
      'R1 has ended: expired.\n/aurora restore starts another one.',
    );
  },

  'approves what somebody else has just declined': async () => {
    const card = await propose('R2');
    await goOn('R2', planned.slice(1));
    await press('U0BO', card, 'approve-stop');
    await modal('U0BO', 'Approve the stop');

    await goOn('R2', endOf('declined'));

    expect(await answerTo('U0BO', () => act('submit', { user: 'U0BO', values: {} }))).toBe(
      'R2 has ended: declined.\n/aurora restore starts another one.',
    );
  },

  'proposes a second one: before the form opens, and with a form that was open already': async () => {
    await act('type', { user: 'U0CY', channel: 'C0OPS', text: '/aurora restore' });
    await modal('U0CY', 'notifies <!subteam^S0ONCALL>, <@U0ANA>');
    await propose('R3');
    await goOn('R3', planned.slice(1));

    const late = await act('submit', { user: 'U0CY', values: { reason: 'me too' } });

    expect(late).toMatchObject({
      result: {
        kind: 'errors',
        errors: {
          cluster: expect.stringMatching(
            /^`east` has a restore in progress: R3 \(https?:\S+\)\. Decide in its thread, and propose another one when it has ended\.$/,
          ) as unknown,
        },
      },
    });
    await modal('U0CY', 'Show me the plan');
    expect(await typed('U0BO', '/aurora restore')).toBe(
      'east has a restore in progress, R3: decide in its thread, and propose another one when it has ended.',
    );
  },

  'looks for a card that somebody has deleted': async () => {
    const gone = await cardOf('R3');
    bot.world.slack.workspace.deleteMessage('C0OPS', gone);
    await bot.outbox.flush('R3');

    expect(await typed('U0BO', '/aurora approve')).toBe(
      'Nothing was done: press "Approve: stop the schedulers…" on the card of R3 of east.',
    );

    const card = await until(async () => {
      const ts = await cardOf('R3');
      return ts === gone ? null : ts;
    }, 'another card');
    await press('U0BO', card, 'approve-stop');
    await modal('U0BO', 'Approve the stop');
  },

  'says something with "abort" in it, among others': async () => {
    for (const words of [
      'please abort',
      'abort if ads complains',
      "don't abort",
      'should we abort?',
      'pause or abort',
    ]) {
      expect(await typed('U0CY', `<@U0BOT> ${words}`, await cardOf('R3'))).toBe(
        'Nothing was done: I act on a single word only. Say status, who, leader, history or help, or press the button to stop this restore.\n[Stop this restore…]',
      );
      expect(await bot.world.store.listRestores({ open: true })).toHaveLength(1);
    }
  },

  'waits for a dead agent': async () => {
    const stuck = (stories['stuck'] ?? []).slice(0, -3).filter(({ type }) => type !== 'look-again-ordered');
    const failed = stuck.findIndex(({ type }) => type === 'step-failed') + 1;
    await goOn('R3', stuck.slice(planned.length, failed));

    expect((await bot.world.channelTexts()).at(-1)).toContain(
      'Start the agent on aurora-2 (systemctl start aurora-chatops-agent).',
    );
    expect(await typed('U0CY', '/aurora retry')).toBe(
      'Nothing was done: press "I have done this: look again…" on the card of R3 of east.',
    );
    await goOn('R3', (stories['stuck'] ?? []).slice(failed));
  },

  'asks to go back, and nobody answers': async () => {
    await goOn('R3', looking.slice(staged.length));
    await goOn('R3', [opened('go-back', 2, 60), signed('go-back', bo)]);
    await goOn('R3', [{ type: 'gate-expired', gate: 'go-back' }]);

    expect(await lastIn(await cardOf('R3'))).toContain('The second look starts again.');
    expect(await typed('U0CY', '/aurora go back')).toMatch(
      /^Nothing was done: press "Go back to .*…" on the card of R3 of east\.$/,
    );
  },
};

it('somebody tired takes ten wrong turns, and each answer has the sentence that gets them on', async () => {
  const turns = Object.entries(wrongTurns);
  for (const [turn, take] of turns) {
    await take().catch((cause: unknown) => {
      throw new Error(`somebody tired ${turn}`, { cause });
    });
  }
  expect(turns).toHaveLength(10);
});
