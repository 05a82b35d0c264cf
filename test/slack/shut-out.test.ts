/** The bot loses its channel while a restore goes on: those who must act hear of it all the same, and of what to do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tellStatus } from '../../commands/status.ts';
import { foldJournal } from '../../src/restore/record/fold.ts';
import type { Message } from '../../src/slack/blocks.ts';
import type { Conversation } from '../../src/slack/conversation.ts';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, until, write } from './support/slack-world.ts';
import { planned, proposal, staged } from './support/whole-story.ts';

/** By people of the local Slack: Ana proposed it, Bo is an approver by name, Cy by his group. */
const held = {
  ...proposal,
  requester: { ...proposal.requester, userId: 'U0ANA' },
  policy: { ...proposal.policy, approvers: ['U0BO'], approverGroups: ['S0ONCALL', 'S0GONE'] },
};

let world: SlackWorld;
let outbox: Outbox;

beforeEach(async () => {
  world = await startSlackWorld();
  await world.store.nextRestoreId();
  const lists = { killed: [], rescheduled: [], kept: [] };
  await world.store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(lists), version: 1 });
  outbox = createOutbox({
    journal: world.store,
    ledger: world.store,
    documents: world.store,
    client: createPostingClient({ botToken, apiUrl: world.slack.apiUrl, log: world.log, clock: world.clock }),
    clock: world.clock,
    log: world.log,
    cardEditMs: 0,
    pollMs: 20,
    lookMs: 0,
  });
  await write(world.store, [held, ...planned.slice(1)], { at: world.clock.now() });
  await outbox.flush('R1');
});
afterEach(async () => {
  await outbox.stop();
  await world.close();
});

const members = (): Set<string> => world.slack.workspace.channels.find('C0OPS')?.members ?? new Set();

/** What this person was told directly, newest last. */
function toldTo(userId: string): string[] {
  const direct = world.slack.workspace.channels.findDirect(['U0BOT', userId]);
  if (direct === undefined) return [];
  return world.slack.workspace.messages
    .listTop(direct.id)
    .map(({ text, blocks }) => `${text} ${JSON.stringify(blocks)}`);
}

/** What `/aurora status` says. */
async function status(): Promise<string> {
  const told: Message[] = [];
  const conversation = { tell: (message: Message) => Promise.resolve(void told.push(message)) };
  await tellStatus(
    { outbox, clock: world.clock },
    {
      conversation: conversation as Partial<Conversation> as Conversation,
      restores: [foldJournal(await world.store.read('R1'))],
      ended: [],
      unreadable: [],
      cluster: null,
    },
  );
  return told.map(({ text }) => text).join('\n');
}

describe('the bot is put out of the channel in mid-restore', () => {
  it('those who must act are told once, directly; status says so; and all is shown when it is back', async () => {
    members().delete('U0BOT');
    await outbox.start();
    await write(world.store, staged.slice(planned.length), {
      afterSeq: planned.length,
      at: world.clock.now(),
    });

    await until(() => outbox.shutOutOf('R1') !== null, 'it is noticed');
    await until(() => toldTo('U0CY').length > 0, 'the last one is told');
    const during = await status();
    members().add('U0BOT');
    await until(() => outbox.shutOutOf('R1') === null, 'it is over');

    for (const userId of ['U0ANA', 'U0BO', 'U0CY']) expect(toldTo(userId)).toHaveLength(1);
    expect(toldTo('U0ANA')[0]).toContain('R1 of `east` continues where you cannot see it');
    expect(toldTo('U0ANA')[0]).toContain('Invite the bot there again (`/invite @aurora`)');
    expect(during).toContain('Nothing can be shown in <#C0OPS>:* the bot was removed from it.');
    expect(await status()).not.toContain('Nothing can be shown');
    expect((await world.threadTexts()).some((text) => text.includes('\nStaged on'))).toBe(true);
  });
});

describe('what becomes of a channel', () => {
  it.each([
    ['is_archived', 'it is archived. Unarchive it'],
    ['channel_not_found', 'it was deleted, or made private without the bot'],
    ['restricted_action_read_only_channel', 'only some people may post there'],
  ])('%s: noticed without a new event, and said with what to do', async (how, words) => {
    await control(world.slack, 'faults', {
      fail: { method: 'conversations.replies', times: 1000, how: `refuse:${how}` },
    });

    await outbox.start();
    await until(() => outbox.shutOutOf('R1') === how, 'it is noticed');

    expect(await status()).toContain(words);
    await until(() => toldTo('U0CY').length === 1, 'an approver is told');
  });

  it('another refusal of Slack is no closed channel', async () => {
    await control(world.slack, 'faults', {
      fail: { method: 'conversations.replies', times: 1, how: 'refuse:invalid_auth' },
    });

    await expect(outbox.flush('R1')).rejects.toThrow('invalid_auth');

    expect(outbox.shutOutOf('R1')).toBeNull();
  });
});
