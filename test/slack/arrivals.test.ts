/** Slack may take a file and show it nowhere: it is noticed, said in the thread, and tried once more. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, write } from './support/slack-world.ts';
import { planned } from './support/whole-story.ts';

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
  outbox = createOutbox({ ...deps, cardEditMs: 0 });
  await write(store, planned, { at: clock.now() });
});
afterEach(async () => {
  await outbox.stop();
  await world.close();
});

const lose = (times: number) =>
  control(world.slack, 'faults', {
    fail: { method: 'files.completeUploadExternal', times, how: 'unshared' },
  });
const shownFiles = async (): Promise<number> =>
  (await world.threadTexts()).filter((text) => text.includes('.txt')).length;
const missing = async (): Promise<string[]> =>
  (await world.threadTexts()).filter((text) => text.includes('did not appear'));
const later = async (): Promise<void> => {
  world.clock.shift(20_000);
  await outbox.flush('R1');
};

it('a file that has arrived is uploaded once, and nothing is said of it', async () => {
  await outbox.flush('R1');

  await later();

  expect(await shownFiles()).toBe(1);
  expect(await missing()).toEqual([]);
});

it('a file that did not arrive is said and uploaded again', async () => {
  await lose(1);
  await outbox.flush('R1');
  const before = await shownFiles();

  await later();
  await later();

  expect(before).toBe(0);
  expect(await shownFiles()).toBe(1);
  expect(await missing()).toEqual([expect.stringContaining('It is uploaded again.')]);
});

it('one that does not arrive twice is said to be missing, and is not tried a third time', async () => {
  await lose(9);
  await outbox.flush('R1');

  await later();
  await later();
  await later();

  expect(await shownFiles()).toBe(0);
  expect(await missing()).toEqual([
    expect.stringContaining('It is uploaded again.'),
    expect.stringContaining('It is kept with the record'),
  ]);
});

it('is looked for after the end as well', async () => {
  await lose(1);
  await outbox.start();
  await write(world.store, [{ type: 'restore-ended', outcome: 'failed', message: 'No room.' }], {
    afterSeq: planned.length,
    at: world.clock.now(),
  });
  await outbox.flush('R1');

  await later();

  expect(await missing()).toHaveLength(1);
});
