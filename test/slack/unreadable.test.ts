/** A record that cannot be read to its end, as people in Slack see it. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { cy, signed } from '../restore/support/story.ts';
import { appendUnknown } from '../support/newer-version.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until, write } from './support/slack-world.ts';
import { planned } from './support/whole-story.ts';

let bot: Bot;
beforeEach(async () => {
  bot = await startBot('socket');
});
afterEach(async () => {
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

/** What only this person sees. */
const told = async (user: string): Promise<string> =>
  await until(async () => {
    const { messages } = await control(bot.world.slack, `users/${user}/ephemerals`);
    return Array.isArray(messages) && messages.length > 0 ? JSON.stringify(messages) : null;
  }, `an answer to ${user}`);
const why = `Event ${planned.length + 1} of R1 cannot be read: its type is "moon-seen", which this version does not know.`;

async function breakOff(): Promise<void> {
  const { store, clock, database } = bot.world;
  await write(store, planned, { at: clock.now() });
  await bot.outbox.flush('R1');
  appendUnknown(database, { restoreId: 'R1', afterSeq: planned.length, at: clock.now() });
}

describe('a record that cannot be read', () => {
  it('stops its card, which says why and offers nothing, under everything that could be told', async () => {
    await breakOff();

    await bot.outbox.flush('R1');

    const [card = ''] = await bot.world.channelTexts();
    expect(card).toContain('Stopped: its record cannot be read.');
    expect(card).toContain(why);
    expect(card).not.toContain('[Approve');
    expect((await bot.world.threadTexts()).length).toBeGreaterThan(0);
  });

  it('stops in its thread as well, once, with a word about what somebody has put into the database', async () => {
    const { store, clock, database } = bot.world;
    await write(store, planned, { at: clock.now() });
    await bot.outbox.flush('R1');
    const seq = planned.length + 1;
    const event = JSON.stringify(signed('stop', cy, 'd1'));
    new DatabaseSync(database)
      .prepare(
        `INSERT INTO events (restore_id, seq, at, body, hash, version) VALUES ('R1', ?, 1, ?, 'not a hash at all', 1)`,
      )
      .run(seq, event);

    await bot.outbox.flush('R1');
    await bot.outbox.flush('R1');

    const sentence = `Stopped: somebody else has written to its record. The record of R1 is broken at event ${seq}:`;
    expect((await bot.world.threadTexts()).filter((text) => text.includes(sentence))).toHaveLength(1);
    expect((await bot.world.threadTexts()).join()).not.toContain('signed off');
    expect((await bot.world.channelTexts())[0]).toContain(sentence);
  });

  it('is told to whoever presses what is still there, and by `/aurora status`', async () => {
    await breakOff();
    const ts = await until(async () => (await bot.world.store.findPost('R1:card'))?.ts ?? null, 'the card');

    const pressed = { user: 'U0BO', channel: 'C0OPS', ts, action_id: 'approve-stop', confirmed: true };
    await control(bot.world.slack, 'press', pressed);

    expect(await told('U0BO')).toContain('moon-seen');
    await control(bot.world.slack, 'type', { user: 'U0CY', channel: 'C0OPS', text: '/aurora status' });
    expect(await told('U0CY')).toContain('moon-seen');
  });

  it('lets a bot start, and its card is told by what is posted already when not even the proposal is known', async () => {
    await breakOff();
    await bot.outbox.stop();
    new DatabaseSync(bot.world.database).exec(
      `UPDATE events SET body = '{"type":"moon-seen"}' WHERE seq = 1`,
    );

    const { slack, store, clock, log, channelTexts } = bot.world;
    const client = createPostingClient({ botToken, apiUrl: slack.apiUrl, log, clock });
    const outbox = createOutbox({ journal: store, ledger: store, documents: store, client, clock, log });
    await outbox.start();
    const card = await until(
      async () => (await channelTexts()).find((text) => text.includes('at event 1')) ?? null,
      'the card',
    );
    await outbox.stop();

    expect(card).toContain('The record of R1 is broken at event 1: it is not as it was written.');
    expect(await channelTexts()).toHaveLength(1);
  });
});
