/** The watch over a real store, in front of a local Slack: what a channel sees of an alarm from its beginning to its end. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listenToAlarms } from '../../src/cli/watches.ts';
import { createWatchVoice } from '../../src/slack/watch-voice.ts';
import { createPostingClient } from '../../src/slack/web-client.ts';
import { defaultWatchPolicy } from '../../src/watch/policy.ts';
import { type Voice, Watcher } from '../../src/watch/watcher.ts';
import { botToken, control } from '../local-slack/world.ts';
import { proposed } from '../restore/support/story.ts';
import { type Bot, startBot } from './support/bot.ts';
import { east, eastAccess } from './support/cluster.ts';
import { type SlackWorld, until } from './support/slack-world.ts';

const minute = 60_000;
const views = z.object({ views: z.array(z.looseObject({ id: z.string() })) });
const told = z.object({ messages: z.array(z.object({ plain: z.string() })) });

let bot: Bot;
let watcher: Watcher;
let nobody: boolean;
let slackAnswers: boolean;

/** As a new process would be. */
async function newWatcher({ store, clock, slack, log }: SlackWorld): Promise<Watcher> {
  const access = await eastAccess();
  const voice: Voice = createWatchVoice({
    client: createPostingClient({ botToken, apiUrl: slack.apiUrl, log, clock }),
    ledger: store,
    log,
  });
  return new Watcher({
    access: {
      ...access,
      // Of its backups the months tell; here it only matters whether somebody leads.
      agents: access.agents.map((agent) => ({ ...agent, listBackups: () => Promise.resolve([]) })),
      leader: {
        ...access.leader,
        findLeader: () =>
          nobody ? Promise.resolve({ kind: 'none', candidates: [] }) : access.leader.findLeader(),
      },
    },
    policy: { ...defaultWatchPolicy, clocksMs: Number.POSITIVE_INFINITY },
    channel: east.channel,
    keeper: store,
    journal: store,
    voice: {
      tell: (about) => (slackAnswers ? voice.tell(about) : Promise.reject(new Error('no answer'))),
    },
    clock,
    log,
  });
}

beforeEach(async () => {
  nobody = true;
  slackAnswers = true;
  const watchers = new Map<string, Watcher>();
  bot = await startBot('socket', undefined, ({ store }) => listenToAlarms(watchers, store));
  watcher = await newWatcher(bot.world);
  watchers.set('east', watcher);
});
afterEach(async () => {
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

async function looks(times: number, by = watcher): Promise<void> {
  for (let look = 0; look < times; look += 1) {
    bot.world.clock.shift(3 * minute);
    await by.tick();
  }
}

const channel = () => bot.world.channelTexts();
const head = async () =>
  z
    .object({ messages: z.array(z.object({ ts: z.string() })) })
    .parse(await control(bot.world.slack, 'channels/C0OPS/messages'))
    .messages.at(-1)?.ts;

/** What the form says to it. */
async function snooze(reason: string): Promise<string> {
  await control(bot.world.slack, 'press', {
    user: 'U0BO',
    channel: 'C0OPS',
    ts: await head(),
    action_id: 'snooze-alarm',
  });
  const [form] = await until(async () => {
    const { views: open } = views.parse(await control(bot.world.slack, 'users/U0BO/views'));
    return open.length > 0 && open;
  }, 'the form');
  const answer = await control(bot.world.slack, 'submit', {
    user: 'U0BO',
    view_id: form?.id,
    values: { 'snooze-reason': reason },
  });
  return JSON.stringify(answer);
}

describe('an alarm', () => {
  it('is told once, whichever process looks, and over once, in its thread', async () => {
    await looks(2);
    expect(await channel()).toEqual([]);

    await looks(3);
    await looks(2, await newWatcher(bot.world));

    const [message, ...others] = await channel();
    expect(others).toEqual([]);
    expect(message).toContain('Nobody leads');
    expect(message).toContain('nothing is scheduled, restarted or backed up');
    nobody = false;
    await looks(6);
    expect(await channel()).toMatchObject([expect.stringMatching(/Over after \d+ min/)]);
    expect(await bot.world.threadTexts()).toMatchObject([
      expect.stringMatching(/^Over after \d+ min\. Nobody leads/),
    ]);
  });

  it('is found again when the process died before it wrote down that it was told', async () => {
    await looks(3);
    const before = await bot.world.store.loadWatch('east');
    const text = before?.text.replaceAll('"told":true', '"told":false') ?? '';
    await bot.world.store.saveWatch({ cluster: 'east', text, version: 1 });
    new DatabaseSync(bot.world.database).exec('DELETE FROM posts');

    await looks(2, await newWatcher(bot.world));

    expect(text).toContain('"told":false');
    expect(await channel()).toHaveLength(1);
  });

  it('is told late, and still once, when Slack does not answer', async () => {
    slackAnswers = false;
    await looks(4);
    expect(bot.world.logged.map((line) => line.text)).toContain('an alarm is late: no answer');

    slackAnswers = true;
    await looks(2);

    expect(await channel()).toHaveLength(1);
  });

  it('is not told during a restore of the cluster, and begins afresh after it', async () => {
    const { store, clock } = bot.world;
    await looks(1);
    await store.open({ restoreId: 'R9', cluster: 'east', at: clock.now(), event: proposed() });
    await looks(5);
    expect(await channel()).toEqual([]);

    await store.append({
      restoreId: 'R9',
      expectedSeq: 1,
      at: clock.now(),
      events: [{ type: 'restore-ended', outcome: 'undone', message: 'It was put back.' }],
      ends: true,
    });
    await looks(1);
    expect(await channel()).toEqual([]);
    await looks(3);

    expect(await channel()).toHaveLength(1);
  });

  it('begins anew, and says what holds, when somebody else has written to the database', async () => {
    await looks(3);
    new DatabaseSync(bot.world.database).exec(`UPDATE watches SET body = replace(body, '"told"', '"t0ld"')`);

    await looks(3, await newWatcher(bot.world));

    expect(await channel()).toHaveLength(2);
  });
});

describe('a snooze', () => {
  it('shows who, why and until when, and is silent about the end', async () => {
    await looks(3);

    await snooze('the new leader comes at ten');

    await until(async () => (await channel())[0]?.includes('Silenced by') === true, 'the snooze');
    expect((await channel())[0]).toContain('"the new leader comes at ten"');
    nobody = false;
    await looks(6);
    expect((await channel())[0]).toMatch(/Over after/);
    expect(await bot.world.threadTexts()).toEqual([]);
  });

  it('needs a reason', async () => {
    await looks(3);

    expect(await snooze('   ')).toContain('Say why');

    expect((await channel())[0]).not.toContain('Silenced');
  });

  it('is refused on an alarm that is over', async () => {
    await looks(3);
    const ts = await head();
    const alarm = { cluster: 'east', number: 1, message: { channel: 'C0OPS', ts: ts ?? '' } };
    const watches = listenToAlarms(new Map([['east', watcher]]), bot.world.store);
    expect(await watches.findAlarm(alarm)).toMatchObject({ severity: 'critical' });
    expect(await watches.findAlarm({ ...alarm, message: { channel: 'C0OPS', ts: '1.1' } })).toBeNull();
    expect(await watches.findAlarm({ ...alarm, number: 2 })).toBeNull();

    nobody = false;
    await looks(6);

    expect(await watches.findAlarm(alarm)).toBeNull();
    const order = {
      cluster: 'east',
      number: 1,
      by: 'U0BO',
      reason: 'x',
      untilMs: bot.world.clock.now() + minute,
    };
    await expect(watches.snooze(order)).rejects.toMatchObject({ code: 'alarm-over' });
  });

  it('is refused on a message that is not its own', async () => {
    await looks(3);
    const stranger = listenToAlarms(new Map(), bot.world.store);
    const order = { cluster: 'west', number: 1, by: 'U0BO', reason: 'x', untilMs: 1 };

    await expect(stranger.snooze(order)).rejects.toMatchObject({ code: 'not-watched' });
    expect(told.parse(await control(bot.world.slack, 'users/U0BO/ephemerals')).messages).toEqual([]);
  });
});
