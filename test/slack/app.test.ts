/** People type, press and submit in the local Slack; the bot answers over sockets and over HTTP. One list, two ways. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createListeners } from '../../commands/index.ts';
import type { RestoreService } from '../../src/restore/service/service.ts';
import { createSlackApp } from '../../src/slack/app.ts';
import { createSeals } from '../../src/slack/sealed.ts';
import { createAskingClient } from '../../src/slack/web-client.ts';
import { appToken, botToken, control } from '../local-slack/world.ts';
import { type Bot, startBot } from './support/bot.ts';
import { fleetOf } from './support/fleet.ts';
import { startSlackWorld, until } from './support/slack-world.ts';
import { planned, staged } from './support/whole-story.ts';

const ephemeralAnswer = z.object({ messages: z.array(z.object({ ts: z.string(), plain: z.string() })) });

describe.each(['socket', 'http'] as const)('the bot over %s', (kind) => {
  let bot: Bot;

  beforeEach(async () => {
    bot = await startBot(kind);
  });
  afterEach(async () => {
    await bot.app.stop();
    await bot.outbox.stop();
    await bot.world.close();
  });

  const act = (path: string, body: Record<string, unknown>) => control(bot.world.slack, path, body);
  const type = (user: string, text: string, more: Record<string, unknown> = {}) =>
    act('type', { user, channel: 'C0OPS', text, ...more });
  const ephemerals = async (user: string) =>
    ephemeralAnswer.parse(await control(bot.world.slack, `users/${user}/ephemerals`)).messages;
  /** The next thing only this person sees. */
  const told = async (user: string, after = 0) =>
    await until(async () => (await ephemerals(user))[after]?.plain ?? null, `an answer to ${user}`);
  const modal = async (user: string, has: string) =>
    await until(async () => {
      const shown = JSON.stringify((await control(bot.world.slack, `users/${user}/views`))['views']);
      return shown.includes(has) ? shown : null;
    }, `a modal with ${has}`);
  const press = async (user: string, ts: string, action_id: string, confirmed = false) =>
    act('press', { user, channel: 'C0OPS', ts, action_id, ...(confirmed ? { confirmed } : {}) });
  const cardTs = async () =>
    await until(async () => (await bot.world.store.findPost('R1:card'))?.ts ?? null, 'the card');
  /** Brings the restore to a place in its story, as the worker would. */
  const goOn = async (events: typeof planned, from = 1) => {
    const { store, clock } = bot.world;
    const digestOf = (text: string) => text;
    for (const [index, event] of events.slice(from).entries()) {
      const later = event.type === 'gate-opened' ? { ...event, expiresAt: clock.now() + 30 * 60_000 } : event;
      const seq = (await store.read('R1')).length;
      expect(seq, digestOf(`event ${index}`)).toBeGreaterThan(0);
      await store.append({ restoreId: 'R1', expectedSeq: seq, at: clock.now(), events: [later] });
    }
    await bot.outbox.flush('R1');
  };
  /** Ana proposes through the form. */
  const proposeRestore = async () => {
    await type('U0ANA', '/aurora restore');
    await modal('U0ANA', 'Show me the plan');
    const result = await act('submit', {
      user: 'U0ANA',
      values: { reason: 'log corrupt', incident: 'INC-4411' },
    });
    expect(result['result']).toEqual({ kind: 'closed' });
    return await cardTs();
  };

  /** Cy says it in the thread, presses the button of the answer, and sends the form off as it is. */
  const stopBySaying = async (words: string, ts: string) => {
    await type('U0CY', `<@U0BOT> ${words}`, { thread_ts: ts });
    const asked = await until(
      async () =>
        (await ephemerals('U0CY')).find(({ plain }) => plain.includes('Nothing is stopped')) ?? null,
      'the answer',
    );
    await press('U0CY', asked.ts, 'ask-abort');
    const form = await modal('U0CY', 'Stop it');
    expect(form).toContain('"initial_value":"wrong cluster"');
    await act('submit', { user: 'U0CY', values: {} });
  };

  it('answers help, and a word that is not a command with what was meant', async () => {
    await type('U0ANA', '/aurora help');
    await type('U0ANA', '/aurora bakups');

    expect(await told('U0ANA')).toContain('What I can do');
    expect(await told('U0ANA', 1)).toContain('There is no /aurora bakups. Did you mean /aurora backups?');
  });

  it('says who leads, to the person or to the channel', async () => {
    await type('U0ANA', '/aurora leader');
    await type('U0ANA', '/aurora leader east share');

    expect(await told('U0ANA')).toContain('aurora-2 leads east (10.0.3.12:8081), its process up for 3 d 4 h');
    await until(
      async () => (await bot.world.channelTexts())[0]?.includes('aurora-2 leads') ?? false,
      'the share',
    );
  });

  it('refuses an unknown cluster with those it knows', async () => {
    await type('U0ANA', '/aurora backups west');

    expect(await told('U0ANA')).toMatch(/no cluster called west.*Known: east/s);
  });

  it('lists the backups of all hosts, with what each would cost, and starts a restore from there', async () => {
    await type('U0ANA', '/aurora backups');

    const answer = await until(
      async () =>
        (await ephemerals('U0ANA')).find(({ plain }) => plain.includes('if restored now'))?.plain ?? null,
      'what each would cost',
    );
    expect(answer).toContain('aurora-2, aurora-3 · 9 tasks, 3 jobs · recommended');
    expect(answer).toContain('if restored now: 3 killed, 4 started again');
    expect(answer).toContain('broken, not usable');
    const [message] = await ephemerals('U0ANA');
    await press('U0ANA', message?.ts ?? '', 'start-restore');
    await modal('U0ANA', 'Show me the plan');
  });

  it('lists at once what is known, completes it below, and puts a list that was asked for again in its place', async () => {
    const [agent] = bot.east.agents;
    if (agent === undefined) throw new Error('east has hosts');
    const { files } = await agent.listKnownBackups();
    const reading = files.map(({ name, bytes, mtimeMs }) => ({
      name,
      bytes,
      mtimeMs,
      reading: true as const,
    }));
    const others = { ...agent };
    Object.assign(agent, { listKnownBackups: () => Promise.resolve({ files: [], reading }) });

    await type('U0ANA', '/aurora backups');
    expect(await told('U0ANA')).toContain('Still reading 1 of 1 on aurora-1.');
    Object.assign(agent, { listKnownBackups: others.listKnownBackups });
    expect(await told('U0ANA', 1)).not.toContain('Still reading');
    const [first] = await ephemerals('U0ANA');
    await press('U0ANA', first?.ts ?? '', 'look-at-backups-again');
    await until(
      async () => (await ephemerals('U0ANA'))[0]?.plain.includes('Still reading') === false,
      'the list in its place',
    );

    const after = await ephemerals('U0ANA');
    expect(after.map(({ ts }) => ts)[0]).toBe(first?.ts);
    expect(after).toHaveLength(2);
  });

  it('proposes through the form; whoever proposed cannot approve and is told alone', async () => {
    const ts = await proposeRestore();
    await goOn(planned);

    await press('U0ANA', ts, 'approve-stop');

    expect(await told('U0ANA')).toMatch(/You proposed this restore, so someone else has to approve the stop/);
    const records = await bot.world.store.read('R1');
    expect(records.some(({ event }) => event.type === 'refused' && event.code === 'own-proposal')).toBe(true);
    expect((await bot.world.threadTexts()).join('\n')).not.toContain('You proposed');
  });

  it('takes an approval with a note, and says it in the thread', async () => {
    const ts = await proposeRestore();
    await goOn(planned);

    await press('U0BO', ts, 'approve-stop');
    await modal('U0BO', 'Approve the stop');
    await act('submit', { user: 'U0BO', values: { comment: 'checked with ads, go' } });

    await until(
      async () =>
        (await bot.world.threadTexts()).some((text) =>
          /approved stopping the schedulers.*checked with ads, go/.test(text),
        ),
      'the decision',
    );
  });

  it('counts a press that is delivered twice once', async () => {
    const ts = await proposeRestore();
    await goOn(planned);
    await act('faults', { duplicate_deliveries: 2 });

    await press('U0BO', ts, 'approve-stop');
    await modal('U0BO', 'Approve the stop');
    await act('submit', { user: 'U0BO', values: {} });

    await until(
      async () => (await bot.world.threadTexts()).some((text) => text.includes('approved stopping')),
      'it',
    );
    const records = await bot.world.store.read('R1');
    expect(records.filter(({ event }) => event.type === 'signed-off')).toHaveLength(1);
    expect(records.filter(({ event }) => event.type === 'refused')).toHaveLength(0);
  });

  it('declines with a reason', async () => {
    const ts = await proposeRestore();
    await goOn(planned);

    await press('U0BO', ts, 'decline-stop');
    await modal('U0BO', 'One decline ends it');
    await act('submit', { user: 'U0BO', values: { reason: 'not during <!channel> the sale' } });

    const said = await until(
      async () => (await bot.world.threadTexts()).find((text) => text.includes('declined stopping')) ?? null,
      'the decline',
    );
    expect(said).toContain('not during <!channel> the sale');
    // `plain` is what a person reads; the rest is what Slack would act on.
    const parsed = JSON.stringify(
      (await control(bot.world.slack, `channels/C0OPS/threads/${ts}`))['messages'],
      (key, value: unknown) => (key === 'plain' ? undefined : value),
    );
    expect(parsed).toContain('&lt;!channel&gt;');
    expect(parsed).not.toContain('<!channel>');
  });

  it('refuses people who may not sign, each with the reason', async () => {
    const ts = await proposeRestore();
    await goOn(planned);

    for (const [user, reason] of [
      ['U0GUS', 'a guest'],
      ['U0EVE', 'from another workspace'],
    ] as const) {
      await press(user, ts, 'approve-stop');
      expect(await told(user)).toContain(reason);
    }
    expect((await bot.world.store.read('R1')).some(({ event }) => event.type === 'signed-off')).toBe(false);
  });

  it('commits only when the name of the cluster is typed', async () => {
    const ts = await proposeRestore();
    await goOn(staged);
    for (const user of ['U0BO', 'U0CY']) {
      await press(user, ts, 'sign-off-commit');
      await modal(user, 'You sign replacing the storage of');
      await act('submit', { user, values: {} });
      await until(
        async () =>
          (await ephemerals(user)).length === 0 &&
          (await bot.world.threadTexts()).some((text) => text.includes('signed off the commit')),
        'it',
      );
    }
    await until(
      async () => (await bot.world.channelTexts())[0]?.includes('[Commit…]') ?? false,
      'the commit button',
    );

    await press('U0CY', ts, 'commit');
    await modal('U0CY', 'Type the name of the cluster');
    const refusal = JSON.stringify(await act('submit', { user: 'U0CY', values: { cluster: 'west' } }));
    await modal('U0CY', 'Type the name of the cluster');
    await act('submit', { user: 'U0CY', values: { cluster: 'east' } });

    expect(refusal).toMatch(/"errors".*"cluster":"You typed .*west.*; the cluster is called `east`\./);
    await until(
      async () => (await bot.world.threadTexts()).some((text) => text.includes('ordered the commit')),
      'it',
    );
  });

  it('answers mentions in the thread, where commands cannot be typed', async () => {
    const ts = await proposeRestore();
    await goOn(planned);

    await type('U0CY', '<@U0BOT> status', { thread_ts: ts });
    expect(await told('U0CY')).toContain('R1 of east');
    await type('U0CY', '<@U0BOT> who', { thread_ts: ts });
    expect(await told('U0CY', 1)).toMatch(/^You can approve the stop of east \(R1\)\./);
    await stopBySaying('abort wrong cluster', ts);

    await until(
      async () => (await bot.world.channelTexts()).some((text) => text.includes('was stopped')),
      'the end',
    );
    expect((await bot.world.threadTexts()).join('\n')).toContain('wrong cluster');
  });

  it('shows the full plan, the report and who can approve', async () => {
    const ts = await proposeRestore();
    await goOn(planned);

    await press('U0CY', ts, 'full-plan');
    await press('U0CY', ts, 'who-can-approve');

    await modal('U0CY', 'Watch both reconciliations');
    expect(await told('U0CY')).toContain('Who can approve the stop: bo, cy');
    expect(await told('U0CY')).toContain('Cannot: ana (proposed this restore)');
  });

  it('reports who stopped it, to the person who asks and in the thread', async () => {
    const ts = await proposeRestore();
    await goOn(planned);
    await stopBySaying('abort wrong cluster', ts);
    const inThread = await until(
      async () => (await bot.world.threadTexts()).find((text) => text.includes('Report of R1')) ?? null,
      'the report',
    );
    await until(
      async () => (await bot.world.channelTexts())[0]?.includes('[Report]') ?? false,
      'the button on the card',
    );

    await press('U0ANA', ts, 'report');

    for (const report of [inThread, await told('U0ANA')]) {
      expect(report).toContain('ana proposed it: "log corrupt"');
      expect(report).toContain('cy stopped it: "wrong cluster"');
    }
  });

  it('says who can sign to the one who asks, and first why they cannot', async () => {
    await proposeRestore();
    await goOn(planned);

    for (const [user, first] of [
      ['U0ANA', 'You proposed this restore, so someone else has to approve the stop.'],
      ['U0BO', 'You can approve the stop of east (R1).'],
      ['U0GUS', 'You cannot sign: a guest.'],
    ] as const) {
      await type(user, '/aurora restore who');
      expect((await told(user)).split('\n')[0]).toContain(first);
    }

    expect(await told('U0BO')).toContain('Cannot: ana (proposed this restore)');
    expect((await bot.world.threadTexts()).join('\n')).not.toContain('You proposed');
    expect((await bot.world.store.read('R1')).some(({ event }) => event.type === 'refused')).toBe(false);
  });

  it('answers who about nothing, and about names that are none', async () => {
    await type('U0ANA', '/aurora restore who');
    await type('U0ANA', '/aurora restore who R9');
    await type('U0ANA', '/aurora restore who R 9');
    await type('U0ANA', '/aurora restore who west');

    const answers = await until(async () => {
      const all = await ephemerals('U0ANA');
      return all.length === 4 ? all.map(({ plain }) => plain).sort() : null;
    }, 'four answers');
    expect(answers).toEqual([
      expect.stringMatching(/^\/aurora restore who is about one restore.*names 2: R, 9.*restore who R9;/s),
      expect.stringMatching(/^No restore of east is in progress.*\/aurora restore starts one/s),
      expect.stringMatching(/^There is no cluster called west.*Known: east/s),
      expect.stringMatching(/^There is no restore called R9\..*\/aurora status/s),
    ]);
  });

  it('finishes what is under way before it stops', async () => {
    const ts = await proposeRestore();
    await goOn(planned);
    const pressing = press('U0CY', ts, 'who-can-approve');
    await pressing;

    await bot.app.stop();

    expect(await ephemerals('U0CY')).toHaveLength(1);
  });
});

describe('a bot that Slack does not let in', () => {
  it('says what to check', async () => {
    const world = await startSlackWorld();
    const app = createSlackApp({
      mode: { kind: 'socket', appToken },
      botToken: 'xoxb-wrong',
      apiUrl: world.slack.apiUrl,
      listeners: createListeners({
        service: {} as RestoreService,
        journal: { read: () => Promise.resolve([]) },
        clusters: new Map(),
        ...fleetOf(new Map(), world.clock),
        outbox: {
          findRestore: () => Promise.resolve(null),
          linkOf: () => Promise.resolve(null),
          shutOutOf: () => null,
          hasOffered: () => Promise.resolve(false),
        },
        places: { judge: () => Promise.resolve(null) },
        seals: createSeals({ key: new Uint8Array(32), clock: world.clock }),
        clock: world.clock,
      }),
      inbox: world.store,
      clock: world.clock,
      log: world.log,
    });

    await expect(app.start()).rejects.toMatchObject({
      code: 'slack-refused',
      message: 'Slack refused the bot: invalid_auth.',
    });

    await app.stop();
    await world.close();
  });

  it('takes only an API address on this machine', () => {
    const build = () =>
      createAskingClient({ botToken, apiUrl: 'https://evil.example/api/', log: () => undefined });

    expect(build).toThrow(expect.objectContaining({ code: 'slack-api-url' }));
  });
});
