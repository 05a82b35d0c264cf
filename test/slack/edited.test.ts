/** Somebody who holds the bot's token edits what people decide by: it is put right, and record and thread say so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, callApi } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, write } from './support/slack-world.ts';
import { looking, planned, staged } from './support/whole-story.ts';

let world: SlackWorld;
let outbox: Outbox;
const edits: string[] = [];

const newOutbox = (): Outbox =>
  createOutbox({
    journal: world.store,
    ledger: world.store,
    documents: world.store,
    client: createPostingClient({ botToken, apiUrl: world.slack.apiUrl, log: world.log, clock: world.clock }),
    clock: world.clock,
    log: world.log,
    cardEditMs: 0,
    lookMs: 0,
    onEdited: async ({ restoreId, name }) => {
      edits.push(name);
      const seq = (await world.store.read(restoreId)).length;
      const events: readonly RestoreEvent[] = [{ type: 'message-edited', name }];
      await world.store.append({ restoreId, expectedSeq: seq, at: world.clock.now(), events });
    },
  });

beforeEach(async () => {
  edits.length = 0;
  world = await startSlackWorld();
  await world.store.nextRestoreId();
  const lists = { killed: [], rescheduled: [], kept: [] };
  await world.store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(lists), version: 1 });
  outbox = newOutbox();
});
afterEach(async () => {
  await outbox.stop();
  await world.close();
});

const shown = async (events: readonly RestoreEvent[]): Promise<void> => {
  await write(world.store, events, { at: world.clock.now() });
  await outbox.flush('R1');
};
const tsOf = async (name: string): Promise<string> => (await world.store.findPost(`R1:${name}`))?.ts ?? '';
const blocksOf = (ts: string): unknown => world.slack.workspace.messages.find('C0OPS', ts)?.blocks;
const wordsOf = (ts: string): string =>
  JSON.stringify(blocksOf(ts), (key, value: unknown) => (key === 'block_id' ? undefined : value));
const lie = [{ type: 'section', text: { type: 'mrkdwn', text: '*It kills 0 tasks.* Sign.' } }];
const edit = async (ts: string, blocks: unknown = lie): Promise<void> => {
  const { body } = await callApi(world.slack, 'chat.update', { channel: 'C0OPS', ts, text: 'x', blocks });
  expect(body['ok']).toBe(true);
};
const nameOf = (story: readonly RestoreEvent[], fits: (event: RestoreEvent) => boolean): string =>
  `${story.findIndex(fits) + 1}.0`;
const isGate = (gate: string) => (event: RestoreEvent) => event.type === 'gate-opened' && event.gate === gate;

describe.each([
  ['the card', planned, (): string => 'card'],
  ['the question at the stop gate', planned, (): string => nameOf(planned, isGate('stop'))],
  ['what is staged', staged, (): string => nameOf(staged, isGate('commit'))],
  [
    'the cost, which asks nothing',
    planned,
    (): string => nameOf(planned, (event) => event.type === 'step-completed' && event.step === 'preview'),
  ],
  ['the second look', looking, (): string => nameOf(looking, (event) => event.type === 'look-opened')],
] as const)('%s, edited by somebody else', (_what, story, name) => {
  it('is put right within a look, once, and the thread is told', async () => {
    await shown(story);
    const ts = await tsOf(name());
    const before = wordsOf(ts);
    await edit(ts);
    expect(wordsOf(ts)).not.toBe(before);

    await outbox.flush('R1');

    expect(wordsOf(ts)).toBe(before);
    await outbox.stop();
    outbox = newOutbox();
    await outbox.flush('R1');
    expect(edits).toEqual([name()]);
    const told = world.slack.workspace.messages.listReplies('C0OPS', await tsOf('card')).at(-1);
    expect(told?.text).toContain("with the bot's own token");
    expect(wordsOf(ts)).toBe(before);
  });

  it('is put right by a bot that was not there when it was edited', async () => {
    await shown(story);
    const ts = await tsOf(name());
    const before = wordsOf(ts);
    await outbox.stop();
    await edit(ts);

    outbox = newOutbox();
    await outbox.flush('R1');
    await outbox.flush('R1');

    expect(wordsOf(ts)).toBe(before);
  });
});

it('a button alone that sends something else is put right as well', async () => {
  await shown(staged);
  const ts = await tsOf(nameOf(staged, isGate('commit')));
  const before = wordsOf(ts);
  await edit(ts, JSON.parse(before.replace('Sign off…', 'Acknowledge')));

  await outbox.flush('R1');

  expect(wordsOf(ts)).toBe(before);
});

it('whoever edits again and again is put right each time, and fills neither record nor thread', async () => {
  await shown(planned);
  const ts = await tsOf('card');
  const before = wordsOf(ts);
  for (let times = 0; times < 3; times += 1) {
    await edit(ts);
    await outbox.flush('R1');
    expect(wordsOf(ts)).toBe(before);
  }

  expect(edits).toEqual(['card']);
});

it('what nobody edited is edited by nobody, however often it is looked at', async () => {
  await shown(looking);
  await outbox.stop();
  outbox = newOutbox();
  await outbox.flush('R1');
  const from = world.slack.workspace.feed.seq;

  await outbox.flush('R1');
  await outbox.flush('R1');

  const since = world.slack.workspace.feed.since(from).map((event) => event.type);
  expect(since.filter((type) => type.startsWith('message'))).toEqual([]);
  expect(edits).toEqual([]);
});

it('asks Slack once for the thread, however many replies it has, and once for the question in the channel', async () => {
  await shown(looking);
  const calls: string[] = [];
  const client = createPostingClient({
    botToken,
    apiUrl: world.slack.apiUrl,
    log: world.log,
    clock: world.clock,
  });
  const asked = client.conversations.replies.bind(client.conversations);
  client.conversations.replies = async (options): ReturnType<typeof asked> => {
    calls.push(z.object({ ts: z.string() }).parse(options).ts);
    return await asked(options);
  };
  const watched = createOutbox({
    journal: world.store,
    ledger: world.store,
    documents: world.store,
    client,
    clock: world.clock,
    log: world.log,
  });

  await watched.flush('R1');
  await watched.stop();

  const question = `${looking.findIndex(({ type }) => type === 'look-opened') + 1}.1`;
  expect(calls).toEqual([await tsOf('card'), await tsOf(question)]);
});
