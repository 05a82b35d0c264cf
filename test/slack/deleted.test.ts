/** Anybody may delete a message. What people need to act is put up again, at the bottom, and the earlier thread is linked. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, until, write } from './support/slack-world.ts';
import { planned, proposal, staged, stories } from './support/whole-story.ts';

let world: SlackWorld;
let outbox: Outbox;

const newOutbox = (): Outbox =>
  createOutbox({
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

beforeEach(async () => {
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

/** Written, and shown. */
async function shown(events: readonly RestoreEvent[], afterSeq = 0): Promise<void> {
  await write(world.store, events.slice(afterSeq), { afterSeq, at: world.clock.now() });
  await outbox.flush('R1');
}

const tsOf = async (name: string): Promise<string> => (await world.store.findPost(`R1:${name}`))?.ts ?? '';
const remove = (ts: string): void => world.slack.workspace.deleteMessage('C0OPS', ts);
/** In the channel itself, oldest first. */
const top = () => world.slack.workspace.messages.listTop('C0OPS');
const inThread = (ts: string) => world.slack.workspace.messages.listReplies('C0OPS', ts);
const buttonsOf = ({ blocks }: { blocks?: readonly object[] | undefined }): string =>
  JSON.stringify(blocks ?? []).includes('"actions"') ? 'buttons' : 'none';

describe('the card is deleted', () => {
  it('before its first reply: it is put up again, and what was to be said is said below it', async () => {
    await shown([proposal]);
    const first = await tsOf('card');

    remove(first);
    await shown(planned, 1);

    const second = await tsOf('card');
    expect(second).not.toBe(first);
    expect(top().map(({ ts }) => ts)).toEqual([second]);
    expect(inThread(second).length).toBeGreaterThan(1);
  });

  it('and leaves a thread: it is put up again at the bottom, with its buttons, and links what was said before', async () => {
    await shown(planned);
    const first = await tsOf('card');
    const said = inThread(first).length;

    remove(first);
    await outbox.flush('R1');

    const second = await tsOf('card');
    const last = top().at(-1);
    expect(last?.ts).toBe(second);
    expect(last === undefined ? '' : buttonsOf(last)).toBe('buttons');
    expect(JSON.stringify(last?.blocks)).toContain(`/archives/C0OPS/p${first.replace('.', '')}`);
    expect(JSON.stringify(last?.blocks)).toContain('an earlier card is gone');
    expect(inThread(first)).toHaveLength(said);
    await shown(staged, planned.length);
    expect(inThread(second).length).toBeGreaterThan(0);
  });

  it('is found by both of its threads', async () => {
    await shown(planned);
    const first = await tsOf('card');

    remove(first);
    await outbox.flush('R1');

    for (const threadTs of [first, await tsOf('card')])
      expect(await outbox.findRestore({ channel: 'C0OPS', threadTs })).toBe('R1');
    expect(await outbox.linkOf('R1')).toContain((await tsOf('card')).replace('.', ''));
  });

  it('twice, and while the bot is away: one card is there, and no other', async () => {
    await shown(planned);
    remove(await tsOf('card'));
    await outbox.flush('R1');
    await outbox.stop();

    remove(await tsOf('card'));
    outbox = newOutbox();
    await outbox.flush('R1');
    await outbox.flush('R1');

    const cards = top().filter(({ subtype }) => subtype !== 'tombstone');
    expect(cards.map(({ ts }) => ts)).toEqual([await tsOf('card')]);
  });

  it('after the end: nobody has to act, and nothing is put up again', async () => {
    await shown(stories['completed'] ?? []);
    const before = top().length;

    remove(await tsOf('card'));
    await outbox.flush('R1');

    expect(top()).toHaveLength(before);
  });
});

describe('a reply that asks is deleted', () => {
  it('is put up again at the bottom of the thread, without a new event', async () => {
    await shown(planned);
    const card = await tsOf('card');
    const asks = inThread(card).find((reply) => reply.text.startsWith('*Needs one approver'));
    const replies = inThread(card).length;

    remove(asks?.ts ?? '');
    await outbox.start();

    await until(() => inThread(card).length === replies, 'the reply is back');
    const last = inThread(card).at(-1);
    expect(last?.ts).not.toBe(asks?.ts);
    expect(last?.blocks?.map(({ type }) => type)).toEqual(asks?.blocks?.map(({ type }) => type));
  });

  it('a reply that only tells something stays deleted', async () => {
    await shown(planned);
    const card = await tsOf('card');
    const tells = inThread(card).find((reply) => reply.text.startsWith('*Killed'));
    const replies = inThread(card).length;

    remove(tells?.ts ?? '');
    await outbox.flush('R1');

    expect(inThread(card)).toHaveLength(replies - 1);
  });

  it('before it was answered: the answer edits nothing that is not there, and goes on', async () => {
    await shown(planned);
    const card = await tsOf('card');
    const asks = inThread(card).find((reply) => reply.text.startsWith('*Needs one approver'));
    remove(asks?.ts ?? '');

    await shown(staged, planned.length);

    expect(
      inThread(card).filter((reply) => /^\*(Needs one approver other|Answered)/.test(reply.text)),
    ).toEqual([]);
    expect(inThread(card).at(-1)?.text).toContain('Staged on');
  });
});

describe('a message that Slack does not let the bot edit any more', () => {
  it.each(['cant_update_message', 'edit_window_closed', 'message_not_found'])(
    '%s: the card is posted anew with what is true now',
    async (how) => {
      await shown(planned);
      const first = await tsOf('card');
      // The reply that is answered loses its buttons, which is no loss; then the card is edited.
      await control(world.slack, 'faults', {
        fail: { method: 'chat.update', times: 2, how: `refuse:${how}` },
      });

      await shown(staged, planned.length);

      expect(await tsOf('card')).not.toBe(first);
      expect(top().at(-1)?.ts).toBe(await tsOf('card'));
    },
  );
});
