/** The card is pinned while its restore runs. */
import { afterEach, expect, it } from 'vitest';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, until, write } from './support/slack-world.ts';
import { planned, proposal, stories } from './support/whole-story.ts';

let world: SlackWorld;
const outboxes: Outbox[] = [];

async function start(without: readonly string[] = []): Promise<Outbox> {
  world = await startSlackWorld({ without });
  await world.store.nextRestoreId();
  const lists = { killed: [], rescheduled: [], kept: [] };
  await world.store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(lists), version: 1 });
  return newOutbox();
}

function newOutbox(): Outbox {
  const { store, slack, clock, log } = world;
  const client = createPostingClient({ botToken, apiUrl: slack.apiUrl, log, clock });
  const deps = { journal: store, ledger: store, documents: store, client, clock, log };
  const outbox = createOutbox({ ...deps, cardEditMs: 0, pollMs: 20, lookMs: 0 });
  outboxes.push(outbox);
  return outbox;
}

afterEach(async () => {
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.stop()));
  await world.close();
});

const pinned = (): string[] =>
  world.slack.workspace.messages
    .listTop('C0OPS')
    .filter((message) => message.pinned_to?.includes('C0OPS') === true)
    .map(({ ts }) => ts);
const cardTs = async (): Promise<string> => (await world.store.findPost('R1:card'))?.ts ?? '';
const now = (): number => world.clock.now();
const pinLines = (): string[] => world.logged.map(({ text }) => text).filter((text) => text.includes('pin'));

it('is pinned while the restore runs, and not after its end', async () => {
  const outbox = await start();
  await write(world.store, planned, { at: now() });
  await outbox.flush('R1');
  const during = pinned();

  await write(world.store, (stories['completed'] ?? []).slice(planned.length), {
    afterSeq: planned.length,
    at: now(),
  });
  await outbox.flush('R1');

  expect(during).toEqual([await cardTs()]);
  expect(pinned()).toEqual([]);
  expect(pinLines()).toEqual([]);
});

it('is unpinned at the end by a bot that was started anew, which has pinned nothing', async () => {
  const first = await start();
  await write(world.store, planned, { at: now() });
  await first.flush('R1');
  await first.stop();
  await write(world.store, [{ type: 'restore-ended', outcome: 'failed', message: 'No room.' }], {
    afterSeq: planned.length,
    at: now(),
  });

  await newOutbox().flush('R1');

  expect(pinned()).toEqual([]);
  expect(pinLines()).toEqual([]);
});

it('leaves the pin to the new card when the old one cannot be edited any more', async () => {
  const outbox = await start();
  await write(world.store, [proposal], { at: now() });
  await outbox.flush('R1');
  const first = await cardTs();
  await control(world.slack, 'faults', { fail: { method: 'chat.update', how: 'refuse:edit_window_closed' } });

  await write(world.store, planned.slice(1), { afterSeq: 1, at: now() });
  await outbox.flush('R1');
  await outbox.flush('R1');

  expect(await cardTs()).not.toBe(first);
  expect(pinned()).toEqual([await cardTs()]);
});

it('is not pinned again once a person has unpinned it', async () => {
  const outbox = await start();
  await write(world.store, [proposal], { at: now() });
  await outbox.flush('R1');
  const card = world.slack.workspace.messages.find('C0OPS', await cardTs());
  if (card === undefined) throw new Error('no card');
  const { pinned_to: _pinnedTo, ...unpinned } = card;
  world.slack.workspace.rewrite('C0OPS', unpinned);

  await write(world.store, planned.slice(1), { afterSeq: 1, at: now() });
  await outbox.flush('R1');

  expect(pinned()).toEqual([]);
});

it('without the scope goes on unpinned, and says so in the log once', async () => {
  const outbox = await start(['pins:write']);
  await write(world.store, planned, { at: now() });
  await outbox.flush('R1');
  await write(world.store, [{ type: 'restore-ended', outcome: 'failed', message: 'No room.' }], {
    afterSeq: planned.length,
    at: now(),
  });
  await outbox.flush('R1');

  expect(await world.channelTexts()).toHaveLength(2);
  expect(await world.store.readCursor('R1')).toBe(planned.length + 1);
  expect(pinLines()).toEqual([expect.stringContaining('missing_scope')]);
});

it('is unpinned later when Slack does not answer just then', async () => {
  const outbox = await start();
  await write(world.store, planned, { at: now() });
  await outbox.flush('R1');
  await control(world.slack, 'faults', { fail: { method: 'pins.remove', how: '503' } });
  await write(world.store, [{ type: 'restore-ended', outcome: 'failed', message: 'No room.' }], {
    afterSeq: planned.length,
    at: now(),
  });
  await outbox.flush('R1');
  const after = pinned();

  await outbox.start();

  await until(() => pinned().length === 0, 'the card is unpinned');
  expect(after).toEqual([await cardTs()]);
});
