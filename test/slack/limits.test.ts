/** Slack's limits: what one method has too much of does not hold up another one. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, until, write } from './support/slack-world.ts';
import { planned, staged } from './support/whole-story.ts';

let world: SlackWorld;
let outbox: Outbox;

beforeEach(async () => {
  world = await startSlackWorld();
  const { store, slack, clock, log } = world;
  await store.nextRestoreId();
  const lists = { killed: [], rescheduled: [], kept: [] };
  await store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(lists), version: 1 });
  const client = createPostingClient({ botToken, apiUrl: slack.apiUrl, log, clock });
  const deps = { journal: store, ledger: store, documents: store, client, clock, log };
  outbox = createOutbox({ ...deps, pollMs: 20 });
  await write(store, planned, { at: clock.now() });
  await outbox.flush('R1');
});
afterEach(async () => {
  await outbox.stop();
  await world.close();
});

const limit = (method: string) =>
  control(world.slack, 'faults', { fail: { method, times: 1, how: '429', retry_after_s: 60 } });
const goOn = () =>
  write(world.store, staged.slice(planned.length), { afterSeq: planned.length, at: world.clock.now() });
const card = async (): Promise<string> => (await world.channelTexts())[0] ?? '';
const calls = (method: string, after: number) =>
  world.slack.workspace.feed
    .since(after)
    .filter((event) => event.type === 'api_call' && event.method === method);

it('edits are paused: what is new is said in the thread, and the card follows when they may go on', async () => {
  const before = await card();
  const replies = (await world.threadTexts()).length;
  const from = world.slack.workspace.feed.seq;
  await limit('chat.update');
  await goOn();

  await expect(outbox.flush('R1')).rejects.toThrow('rate-limit');
  const [during, said] = [await card(), await world.threadTexts()];
  await expect(outbox.flush('R1')).rejects.toThrow('rate-limit');
  const asked = calls('chat.update', from).length;
  world.clock.shift(60_000);
  await outbox.flush('R1');

  expect(said.length).toBeGreaterThan(replies);
  expect(during).toBe(before);
  expect(asked).toBe(1);
  expect(await card()).not.toBe(before);
});

it('posts are paused: the card says what is so now, and the thread follows in order', async () => {
  const before = await card();
  const replies = (await world.threadTexts()).length;
  await limit('chat.postMessage');
  await goOn();

  await expect(outbox.flush('R1')).rejects.toThrow('rate-limit');
  const [during, said] = [await card(), await world.threadTexts()];
  world.clock.shift(60_000);
  await outbox.flush('R1');

  expect(said).toHaveLength(replies);
  expect(during).not.toBe(before);
  expect((await world.threadTexts()).length).toBeGreaterThan(replies);
});

it('edits of a card are three seconds apart by themselves, and the last one arrives', async () => {
  const from = world.slack.workspace.feed.seq;
  world.clock.shift(3_000);
  await outbox.start();
  for (let tick = 0; tick < 20; tick += 1) outbox.progress('R1', `aurora-2's agent: ${tick} s`);
  await until(() => calls('chat.update', from).length === 1, 'the first edit');
  outbox.progress('R1', "aurora-2's agent: 21 s");
  await until(async () => (await card()).includes('19 s'), 'the newest of those that came together');

  const early = calls('chat.update', from).length;
  world.clock.shift(3_000);

  await until(async () => (await card()).includes('21 s'), 'the last one');
  expect(early).toBe(1);
  expect(calls('chat.update', from)).toHaveLength(2);
});
