import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { PostLedger } from '../../src/aurora/outbox.ts';
import { verifyRecord } from '../../src/cli/verify-record.ts';
import { takeApart } from '../../src/report/embedded.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { createOutbox, type Outbox, type OutboxDeps } from '../../src/slack/outbox.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { botToken, control } from '../local-slack/world.ts';
import { type SlackWorld, startSlackWorld, until, write } from './support/slack-world.ts';
import { looking, planned, proposal, staged, stories } from './support/whole-story.ts';

let world: SlackWorld;
const outboxes: Outbox[] = [];

beforeEach(async () => {
  world = await startSlackWorld();
  await world.store.nextRestoreId();
  await world.store.save({ restoreId: 'R1', name: 'preview', text: JSON.stringify(taskLists), version: 1 });
});
afterEach(async () => {
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.stop()));
  await world.close();
});

const task = {
  taskId: 'new-prod-late-0-1a56',
  jobKey: { role: 'new', environment: 'prod', name: 'late' },
  instanceId: 0,
  status: 'RUNNING',
  why: 'absent',
};
const taskLists = { killed: [task], rescheduled: [], kept: [] };

/** A process of its own over the same store and the same Slack. */
function newOutbox(changes: Partial<OutboxDeps> = {}): Outbox {
  const outbox = createOutbox({
    journal: world.store,
    ledger: world.store,
    documents: world.store,
    client: createPostingClient({ botToken, apiUrl: world.slack.apiUrl, log: world.log, clock: world.clock }),
    clock: world.clock,
    log: world.log,
    cardEditMs: 0,
    pollMs: 50,
    ...changes,
  });
  outboxes.push(outbox);
  return outbox;
}

/** Dies at the n-th save: the message is in Slack, the ledger does not know. */
function dyingLedger(at: number): PostLedger {
  let saves = 0;
  const { store } = world;
  return {
    ...store,
    savePost: async (post) => {
      saves += 1;
      if (saves >= at) throw new Error('killed between post and save');
      await store.savePost(post);
    },
  };
}

const now = (): number => world.clock.now();

/** A disk that is full at the n-th save, and has room again for the next one. */
function fullAt(at: number): PostLedger {
  let saves = 0;
  const { store } = world;
  return {
    ...store,
    savePost: async (post) => {
      saves += 1;
      if (saves === at) {
        const message = 'No space left on device: bot.sqlite.';
        throw new AuroraError({ code: 'disk-full', message, hint: 'Make room there.' });
      }
      await store.savePost(post);
    },
  };
}

describe('the outbox', () => {
  it('finds a message again that was posted while the disk was too full to note it', async () => {
    await write(world.store, stories['completed'] ?? [], { at: now() });
    const outbox = newOutbox({ ledger: fullAt(4) });

    await expect(outbox.flush('R1')).rejects.toThrow('No space left');
    await outbox.flush('R1');

    const thread = await world.threadTexts();
    expect(thread).toHaveLength(19);
    expect(new Set(thread).size).toBe(19);
  });

  it('shows a whole restore: one card, the end, and the thread in the order of the journal', async () => {
    await write(world.store, stories['completed'] ?? [], { at: now() });

    await newOutbox().flush('R1');

    const channel = await world.channelTexts();
    const thread = await world.threadTexts();
    expect(channel).toHaveLength(3);
    expect(channel[0]).toMatch(/^Restore of east: /);
    expect(channel[1]).toMatch(/^Answered: @UCY let it reconcile .*Which jobs change is in the thread$/s);
    expect(channel[2]).toMatch(/^east is back/);
    expect(thread.map((text) => text.split('\n')[0]?.slice(0, 24))).toEqual(
      [
        'Killed (3): they started',
        expect.any(String),
        'Answered: @UBO',
        '@UBO approved stopping t',
        'Answered: @UBO',
        '@UBO signed off the comm',
        '@UCY signed off the comm',
        'Answered: cy',
        '@UCY ordered the commit ',
        'Committed by @UCY (',
        'Committed, and read back',
        'Answered: @UCY',
        '@UBO asked for more time',
        '@UCY let it reconcile (1',
        'Both reconciliations ran',
        'Report of R1: restore of',
        '[file: R1-',
        '[file: R1-',
        '[file: R1-',
      ].map((text) => (typeof text === 'string' ? expect.stringContaining(text.slice(0, 12)) : text)),
    );
    expect(await world.store.readCursor('R1')).toBe(stories['completed']?.length);
  });

  it('attaches the full list as a file in the thread', async () => {
    await write(world.store, planned, { at: now() });

    await newOutbox().flush('R1');

    const { files } = await control(world.slack, 'files');
    expect(files).toHaveLength(1);
    expect(JSON.stringify(files)).toContain('What this restore would do to east');
  });

  it('ends with the reports and the record itself in the thread, whole and verifiable', async () => {
    await write(world.store, stories['completed'] ?? [], { at: now() });

    await newOutbox().flush('R1');

    const { files } = z
      .object({ files: z.array(z.object({ name: z.string(), url_private: z.string() })) })
      .parse(await control(world.slack, 'files'));
    const ofRecord = files.filter(({ name }) => !name.endsWith('.txt'));
    expect(ofRecord.map(({ name }) => name.split('.').at(-1))).toEqual(['html', 'md', 'jsonl']);
    for (const { url_private } of ofRecord) {
      const text = await fetch(url_private).then((response) => response.text());
      const record = takeApart(text)?.record ?? text;
      const verdict = await verifyRecord(Readable.from([record]));
      expect(verdict).toMatchObject({ restoreId: 'R1', events: stories['completed']?.length });
    }
  });

  it('never shows what is not committed, and edits nothing that was said but requests that were answered', async () => {
    const outbox = newOutbox();
    await write(world.store, staged, { at: now() });
    await outbox.flush('R1');
    const before = await world.threadTexts();

    await write(world.store, looking.slice(staged.length), { afterSeq: staged.length, at: now() });
    await outbox.flush('R1');

    const after = await world.threadTexts();
    const facts = (text: string) =>
      text.split('\n').filter((line) => !/^(Needs |Answered: |Decide with the buttons)/.test(line));
    expect(after.slice(0, before.length).map(facts)).toEqual(before.map(facts));
    expect(after.length).toBeGreaterThan(before.length);
  });

  it('asks no longer when the question is answered, and says by whom', async () => {
    const outbox = newOutbox();
    await write(world.store, planned, { at: now() });
    await outbox.flush('R1');
    const asked = (await world.threadTexts()).at(-1);

    await write(world.store, staged.slice(planned.length), { afterSeq: planned.length, at: now() });
    await outbox.flush('R1');

    expect(asked).toMatch(/^Needs one approver.*Decide with the buttons of the card/s);
    const answered = (await world.threadTexts()).filter((text) => text.startsWith('Answered: @UBO'));
    expect(answered).toHaveLength(1);
    expect(answered[0]).not.toMatch(/Needs one approver|Decide with the buttons/);
  });

  it('sends nothing when nothing changed', async () => {
    const outbox = newOutbox();
    await write(world.store, staged, { at: now() });
    await outbox.flush('R1');
    const before = world.slack.workspace.feed.seq;

    await outbox.flush('R1');

    const since = world.slack.workspace.feed.since(before).map((event) => event.type);
    expect(since.filter((type) => type.startsWith('message'))).toEqual([]);
  });
});

describe('a proposal that is refused for fourteen things', () => {
  const things = Array.from(
    { length: 14 },
    (_, index) =>
      `(${index + 1}) aurora-${index + 1}: there is too little room beside the log, ${'x'.repeat(150)}. Make room.`,
  );
  const refused = (shown: number): readonly RestoreEvent[] => [
    proposal,
    {
      type: 'restore-ended',
      outcome: 'failed',
      message: `${shown} things stand in the way of this restore. ${things.slice(0, shown).join(' ')}`,
    },
  ];

  it('says that there is more, on the card and at the end, and attaches all of them, one a line', async () => {
    await write(world.store, refused(14), { at: now() });

    await newOutbox().flush('R1');

    for (const text of await world.channelTexts()) {
      expect(text).toContain('There is more: all of it is in a file in the thread.');
    }
    const { files } = z
      .object({ files: z.array(z.object({ name: z.string(), url_private: z.string() })) })
      .parse(await control(world.slack, 'files'));
    const whole = files.find(({ name }) => name.includes('why-ended'));
    const text = await fetch(whole?.url_private ?? '').then((response) => response.text());
    expect(text.trim().split('\n')).toEqual(['14 things stand in the way of this restore.', ...things]);
  });

  it('of few things says them all, and attaches nothing but the record and its reports', async () => {
    await write(world.store, refused(3), { at: now() });

    await newOutbox().flush('R1');

    const [card] = await world.channelTexts();
    expect(card).toContain('(3) aurora-3');
    expect(card).not.toContain('There is more');
    expect((await control(world.slack, 'files'))['files']).toHaveLength(3);
  });
});

describe('the outbox after a crash', () => {
  const events = stories['completed'] ?? [];

  it.each([1, 2, 3, 4, 5, 8, 12, 17, 20])(
    'between post and save number %i has no message twice',
    async (at) => {
      await write(world.store, events, { at: now() });
      await expect(newOutbox({ ledger: dyingLedger(at) }).flush('R1')).rejects.toThrow('killed');

      await newOutbox().flush('R1');

      expect(await world.channelTexts()).toHaveLength(3);
      const thread = await world.threadTexts();
      expect(thread).toHaveLength(19);
      expect(new Set(thread).size).toBe(19);
    },
  );

  it('does not adopt the card of another journal with the same name', async () => {
    await write(world.store, [proposal], { at: now() });
    await newOutbox().flush('R1');
    const other = await startSlackWorld();

    try {
      const evil = { ...proposal, reason: 'another world' };
      await write(other.store, [evil], { at: now() });
      await newOutbox({ journal: other.store, ledger: other.store }).flush('R1');
    } finally {
      await other.close();
    }

    expect(await world.channelTexts()).toHaveLength(2);
  });
});

describe('the outbox when Slack has a bad day', () => {
  const fail = (method: string, how: string, times = 1) =>
    control(world.slack, 'faults', {
      fail: { method, times, how, ...(how === '429' ? { retry_after_s: 1 } : {}) },
    });

  async function follow(events: readonly RestoreEvent[]): Promise<Outbox> {
    const outbox = newOutbox();
    await write(world.store, events, { at: now() });
    await outbox.start();
    return outbox;
  }
  const complete = async (): Promise<boolean> =>
    (await world.channelTexts()).length === 3 && (await world.threadTexts()).length === 19;

  it.each(['429', '500', '503', 'reset', 'lost-reply'])('posts late and once after %s', async (how) => {
    await fail('chat.postMessage', how, 2);

    await follow(stories['completed'] ?? []);

    await until(complete, 'the whole thread');
    expect(new Set(await world.threadTexts()).size).toBe(19);
    expect(world.logged.some(({ text }) => text.startsWith('messages are late'))).toBe(true);
  });

  it('posts the list once when the answer to the upload is lost', async () => {
    await fail('files.completeUploadExternal', 'lost-reply');

    await follow(planned);

    await until(async () => (await world.threadTexts()).length === 3, 'three replies');
    expect((await world.threadTexts()).filter((text) => text.includes('.txt'))).toHaveLength(1);
  });

  it('catches up when Slack comes back, without a new event', async () => {
    await control(world.slack, 'faults', { down: true });
    await follow(stories['completed'] ?? []);
    await until(() => world.logged.some(({ text }) => text.startsWith('messages are late')), 'a failure');

    await control(world.slack, 'faults', { down: false });

    await until(complete, 'the whole thread');
  });

  it('says the list could not be attached when Slack takes no files', async () => {
    const deaf = await startSlackWorld({ without: ['files:write'] });

    try {
      await write(deaf.store, planned, { at: now() });
      await deaf.store.save({
        restoreId: 'R1',
        name: 'preview',
        text: JSON.stringify(taskLists),
        version: 1,
      });
      const client = createPostingClient({
        botToken,
        apiUrl: deaf.slack.apiUrl,
        log: deaf.log,
        clock: deaf.clock,
      });
      const { store } = deaf;
      await newOutbox({ client, journal: store, ledger: store, documents: store }).flush('R1');

      expect((await deaf.threadTexts()).join('\n')).toContain('The full list is not attached');
    } finally {
      await deaf.close();
    }
  });
});

describe('the outbox while a step waits', () => {
  it('shows the progress on the card, at most as often as it is told', async () => {
    await write(world.store, staged.slice(0, -3), { at: now() });
    const outbox = newOutbox({ cardEditMs: 300 });
    await outbox.start();
    await until(async () => (await world.threadTexts()).length === 4, 'the thread so far');
    const startedAt = Date.now();
    const before = world.slack.workspace.feed.seq;

    for (let second = 0; second < 20; second += 1) {
      outbox.progress('R1', `Waiting for storage: ${second} s`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }

    await until(
      async () => (await world.channelTexts())[0]?.includes('19 s') === true,
      'the newest progress',
    );
    const edits = world.slack.workspace.feed
      .since(before)
      .filter((event) => event.type === 'message_updated');
    expect(edits.length).toBeLessThanOrEqual(2 + (Date.now() - startedAt) / 300);
  });

  it('finds the restore of a thread, and its address', async () => {
    await write(world.store, [proposal], { at: now() });
    const outbox = newOutbox();
    await outbox.flush('R1');
    const card = await world.store.findPost('R1:card');

    const found = await outbox.findRestore({ channel: 'C0OPS', threadTs: card?.ts ?? '' });

    expect(found).toBe('R1');
    expect(await outbox.findRestore({ channel: 'C0OPS', threadTs: '1.1' })).toBeNull();
    expect(await outbox.linkOf('R1')).toContain('/archives/C0OPS/p');
  });
});

describe('two replicas of the bot', () => {
  it('post everything once, and the second goes on when the first is gone', async () => {
    const replica = (owner: string) => newOutbox({ lease: { leases: world.store, owner } });
    const [first, second] = [replica('one'), replica('two')];
    await first.start();
    await second.start();
    await write(world.store, staged, { at: now() });
    await until(async () => (await world.threadTexts()).length === 5, 'the thread so far');

    await first.stop();
    await write(world.store, (stories['completed'] ?? []).slice(staged.length), {
      afterSeq: staged.length,
      at: now(),
    });

    await until(async () => (await world.channelTexts()).length === 3, 'the end');
    await until(async () => (await world.threadTexts()).length === 19, 'the whole thread');
    expect(new Set(await world.threadTexts()).size).toBe(19);
  });
});
