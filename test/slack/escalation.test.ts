/** Where others are called: in another channel when the bot may post there, else where the restore is; and it says when it is over. */
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { proposed, untilStopGate } from '../restore/support/story.ts';
import { type SlackWorld, startSlackWorld, write } from './support/slack-world.ts';

let world: SlackWorld;
let outbox: Outbox;
afterEach(async () => {
  await outbox.stop();
  await world.close();
});

const minute = 60_000;
const messages = z.object({ messages: z.array(z.object({ plain: z.string() })) });
const said = async (channel: string): Promise<readonly string[]> =>
  messages
    .parse(await control(world.slack, `channels/${channel}/messages`))
    .messages.map(({ plain }) => plain);
const isCall = (text: string): boolean => text.includes('has waited for people');

/** A stop that nobody approves for a quarter of an hour; the bot is in the channel of the leads, or is not. */
async function begin(members: readonly string[]): Promise<number> {
  const user = (name: string) => ({ id: `U0${name.toUpperCase()}`, name, realName: name });
  world = await startSlackWorld({
    users: ['ana', 'bo', 'cy'].map(user),
    usergroups: [],
    channels: [
      { id: 'C0OPS', name: 'aurora-ops', members: ['U0ANA', 'U0BOT'] },
      { id: 'C0LEADS', name: 'leads', members: ['U0ANA', ...members] },
    ],
  });
  const { store, slack, clock, log } = world;
  await store.nextRestoreId();
  const lists = { killed: [], rescheduled: [], kept: [] };
  await store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(lists), version: 1 });
  const client = createPostingClient({ botToken, apiUrl: slack.apiUrl, log, clock });
  outbox = createOutbox({
    journal: store,
    ledger: store,
    documents: store,
    client,
    clock,
    log,
    cardEditMs: 0,
  });
  const policy = { escalation: { afterMs: 15 * minute, channel: 'C0LEADS' } };
  const [, ...rest] = untilStopGate({ policy });
  const at = clock.now();
  const story: readonly RestoreEvent[] = [
    { ...proposed({ policy }), channel: 'C0OPS' },
    ...rest,
    { type: 'escalated', about: 'stop', since: at - 15 * minute },
  ];
  await write(store, story, { at });
  await outbox.flush('R1');
  return story.length;
}

it('calls in the channel of the policy, and says there that it was answered', async () => {
  const length = await begin(['U0BOT']);
  const asked = (await said('C0LEADS')).filter(isCall);

  const answer: RestoreEvent = {
    type: 'restore-ended',
    outcome: 'expired',
    message: 'Nobody approved in time.',
  };
  await write(world.store, [answer], { afterSeq: length, at: world.clock.now() });
  await outbox.flush('R1');
  const after = (await said('C0LEADS')).filter(isCall);

  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('Open its thread');
  expect(asked[0]).not.toContain('Answered');
  expect(after).toHaveLength(1);
  expect(after[0]).toMatch(/^Answered since, or over/);
});

it('calls where the restore is when the bot is not in that channel', async () => {
  await begin([]);

  expect((await said('C0LEADS')).filter(isCall)).toEqual([]);
  expect((await said('C0OPS')).filter(isCall)).toHaveLength(1);
});

it('leaves what it said in a channel that it was taken out of, and the restore goes on', async () => {
  const length = await begin(['U0BOT']);
  const fail = { method: 'chat.update', times: 20, how: 'refuse:not_in_channel' };
  await control(world.slack, 'faults', { fail });

  await write(
    world.store,
    [{ type: 'restore-ended', outcome: 'expired', message: 'Nobody approved in time.' }],
    {
      afterSeq: length,
      at: world.clock.now(),
    },
  );
  await outbox.flush('R1').catch(() => undefined);

  expect((await said('C0LEADS')).filter(isCall)).toHaveLength(1);
  expect((await said('C0OPS')).filter(isCall)).toEqual([]);
});
