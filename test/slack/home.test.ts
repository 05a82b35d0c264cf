/** The Home tab of the bot, as people open it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { control } from '../local-slack/world.ts';
import { type Bot, startBot } from './support/bot.ts';
import { until, write } from './support/slack-world.ts';
import { planned, stories } from './support/whole-story.ts';

let bot: Bot;

beforeEach(async () => {
  bot = await startBot('socket');
  await bot.world.store.nextRestoreId();
});
afterEach(async () => {
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

const published = z.object({ view: z.object({ hash: z.string(), blocks: z.array(z.unknown()) }).nullable() });
const shown = async (user: string) =>
  published.parse(await control(bot.world.slack, `users/${user}/home`)).view;

/** Opens the tab, and waits until something new is in it. */
async function open(user: string): Promise<string> {
  const before = (await shown(user))?.hash;
  await control(bot.world.slack, 'open-home', { user, tab: 'home' });
  return await until(async () => {
    const view = await shown(user);
    return view === null || view.hash === before ? null : JSON.stringify(view.blocks);
  }, 'the tab');
}

it('shows the clusters, and that nothing waits or was restored', async () => {
  const text = await open('U0BO');

  expect(text).toContain('Nothing waits for you.');
  expect(text).toContain('`east`: ZooKeeper names aurora-2 as the leader');
  expect(text).toContain('No restore has ended yet.');
  expect(text).toMatch(/As of <!date/);
});

it('shows an approver what waits for them, and the one who asked only that it goes on', async () => {
  await write(bot.world.store, gateOpenFrom(bot.world.clock.now()), { at: bot.world.clock.now() });
  await bot.outbox.flush('R1');

  const [approver, requester] = [await open('U0BO'), await open('U0ANA')];

  expect(approver).toMatch(/Waits for you\*\\n• <http[^|]*\|R1> of `east`: approve the stop, or decline it/);
  expect(approver).not.toContain('In progress');
  expect(requester).toContain('Nothing waits for you.');
  expect(requester).toMatch(/In progress\*\\n• <http[^|]*\|R1>/);
});

it('shows what was restored, with the way to its thread, when it is opened again', async () => {
  const before = await open('U0BO');
  await write(bot.world.store, stories['completed'] ?? [], { at: bot.world.clock.now() });
  await bot.outbox.flush('R1');

  const after = await open('U0BO');

  expect(before).not.toContain('R1');
  expect(after).toMatch(/Recent restores\*\\n• <http[^|]*\|R1> of `east`, .*: restored/);
});

it('is not drawn for the Messages tab, nor for people of another workspace', async () => {
  await control(bot.world.slack, 'open-home', { user: 'U0BO', tab: 'messages' });
  await control(bot.world.slack, 'open-home', { user: 'U0EVE', tab: 'home' });

  await open('U0ANA');

  expect(await shown('U0BO')).toBeNull();
  expect(await shown('U0EVE')).toBeNull();
});

function gateOpenFrom(now: number): typeof planned {
  return planned.map((event) => {
    if (event.type === 'gate-opened') return { ...event, expiresAt: now + 30 * 60_000 };
    // Those who may approve in this workspace.
    return event.type === 'restore-proposed'
      ? { ...event, policy: { ...event.policy, approvers: ['U0BO', 'U0CY'] } }
      : event;
  });
}
