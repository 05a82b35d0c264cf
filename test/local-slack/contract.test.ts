import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { freePort, type RunningApp, startHttpApp, startSocketApp } from './app-under-contract.ts';
import { control, readMessages, type SeenMessage, startWorld, waitForEvent } from './world.ts';

/** One list of scenarios with a real Bolt app, over both ways Slack has of reaching it. */

const transports = {
  'Socket Mode': async () => {
    const slack = await startWorld({ rules: { ackMs: 800, rateScale: 100 } });
    return { slack, app: await startSocketApp(slack.apiUrl) };
  },
  'signed HTTP': async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/slack/events`;
    const slack = await startWorld({
      rules: { ackMs: 800, rateScale: 100 },
      delivery: { kind: 'http', url },
    });
    return { slack, app: await startHttpApp(slack.apiUrl, port) };
  },
};

describe.each(Object.entries(transports))('a Bolt app over %s', (_name, start) => {
  let slack: LocalSlack;
  let app: RunningApp;

  beforeAll(async () => {
    ({ slack, app } = await start());
  });
  afterAll(async () => {
    await app.stop();
    await slack.close();
  });

  const type = (text: string, more: Record<string, unknown> = {}) =>
    control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text, ...more });
  const ephemeralsOfAna = async () =>
    (await readMessages(slack, { channel: 'C0OPS', user: 'U0ANA' })).filter(
      (message) => message.recipient === 'U0ANA',
    );
  const postCard = async (): Promise<SeenMessage> => {
    const after = slack.workspace.feed.seq;
    await type('/aurora card');
    const posted = await waitForEvent(slack, (event) => event.type === 'message_posted', after);
    const all = await readMessages(slack, { channel: 'C0OPS' });
    const card = all.find((message) => message.ts === posted.ts);
    if (card === undefined) throw new Error('no card');
    return card;
  };
  const openReason = async (card: SeenMessage): Promise<string> => {
    const after = slack.workspace.feed.seq;
    await control(slack, 'press', { user: 'U0BO', channel: 'C0OPS', ts: card.ts, action_id: 'decline' });
    return String((await waitForEvent(slack, (event) => event.type === 'view_opened', after)).view_id);
  };

  test('a command is answered for the person alone', async () => {
    const answer = await type('/aurora leader');

    expect(answer).toMatchObject({ ok: true, result: { kind: 'command', command: '/aurora', error: null } });
    const [last] = (await ephemeralsOfAna()).slice(-1);
    expect(last).toMatchObject({ plain: 'aurora-2 leads east', from: 'app' });
    expect(await readMessages(slack, { channel: 'C0OPS', user: 'U0BO' })).not.toContainEqual(
      expect.objectContaining({ plain: 'aurora-2 leads east' }),
    );
  });

  test('a string acknowledges a command with that text', async () => {
    await type('/aurora string');

    expect((await ephemeralsOfAna()).at(-1)?.plain).toBe('just a string');
  });

  test('in_channel shows the answer to everyone', async () => {
    await type('/aurora share');

    expect((await readMessages(slack, { channel: 'C0OPS', user: 'U0BO' })).at(-1)?.plain).toBe('shared');
  });

  test('a command nobody acknowledges ends in an error the person sees', async () => {
    const answer = await type('/aurora silent');

    expect(answer).toMatchObject({ result: { error: 'operation_timeout' } });
    expect((await ephemeralsOfAna()).at(-1)).toMatchObject({
      from: 'slackbot',
      plain: '/aurora failed with the error operation_timeout',
    });
  });

  test('an answer with invalid blocks is refused', async () => {
    const answer = await type('/aurora broken');

    expect(JSON.stringify(answer)).toContain('invalid_blocks');
  });

  test('respond() answers a command afterwards', async () => {
    const after = slack.workspace.feed.seq;
    await type('/aurora later');

    const event = await waitForEvent(slack, (seen) => seen.type === 'ephemeral_posted', after);

    expect(event).toMatchObject({ user: 'U0ANA', message: { plain: 'told you later' } });
  });

  test('chat.postEphemeral is seen by one person', async () => {
    const after = slack.workspace.feed.seq;
    await type('/aurora whisper');

    const event = await waitForEvent(slack, (seen) => seen.type === 'ephemeral_posted', after);

    expect(event).toMatchObject({ user: 'U0ANA', message: { plain: 'only you' } });
  });

  test('a button asks first, then its answer replaces the message', async () => {
    const card = await postCard();
    const press = { user: 'U0BO', channel: 'C0OPS', ts: card.ts, action_id: 'approve' };
    const asked = await control(slack, 'press', press);
    const after = slack.workspace.feed.seq;

    await control(slack, 'press', { ...press, confirmed: true });

    expect(asked).toMatchObject({
      result: { kind: 'confirm', confirm: { text: { text: 'Schedulers stop.' } } },
    });
    const updated = await waitForEvent(slack, (event) => event.type === 'message_updated', after);
    expect(updated).toMatchObject({
      ts: card.ts,
      message: { plain: 'Approved by @bo', edited: { user: 'U0BOT' } },
    });
  });

  test('a select tells what was chosen', async () => {
    const card = await postCard();
    const after = slack.workspace.feed.seq;

    await control(slack, 'choose', {
      user: 'U0BO',
      channel: 'C0OPS',
      ts: card.ts,
      action_id: 'cluster',
      value: 'west',
    });

    const event = await waitForEvent(slack, (seen) => seen.type === 'ephemeral_posted', after);
    expect(event).toMatchObject({ user: 'U0BO', message: { plain: 'chose west' } });
  });

  test('an external select offers what the app offers', async () => {
    const card = await postCard();
    const where = { user: 'U0BO', channel: 'C0OPS', ts: card.ts, action_id: 'backup' };
    const offered = await control(slack, 'suggest', { ...where, value: '14:02' });
    const after = slack.workspace.feed.seq;

    await control(slack, 'choose', { ...where, value: 'b-1' });

    expect(offered).toMatchObject({ options: [{ value: 'b-1', text: { text: 'backup 14:02' } }] });
    const event = await waitForEvent(slack, (seen) => seen.type === 'ephemeral_posted', after);
    expect(event).toMatchObject({ message: { plain: 'took b-1' } });
  });

  test('an external select of a modal offers groups and takes several', async () => {
    await type('/aurora hosts');
    const opened = await waitForEvent(slack, (seen) => seen.type === 'view_opened');
    const where = { user: 'U0ANA', view_id: String(Object(opened.view).id), action_id: 'hosts' };

    const all = await control(slack, 'suggest', { ...where, value: '' });
    const one = await control(slack, 'suggest', { ...where, value: '-2' });
    const unfit = await control(slack, 'suggest', { ...where, value: 'too long' });
    const unknown = await control(slack, 'submit', { user: 'U0ANA', values: { which: ['aurora-9'] } });
    const after = slack.workspace.feed.seq;
    await control(slack, 'submit', { user: 'U0ANA', values: { which: ['aurora-1', 'aurora-3'] } });

    expect(all).toMatchObject({
      options: [{ value: 'aurora-1' }, { value: 'aurora-2' }, { value: 'aurora-3' }],
      option_groups: [{ label: { text: 'All hosts' } }],
      error: null,
    });
    expect(one).toMatchObject({ options: [{ value: 'aurora-2' }], option_groups: [] });
    expect(unfit).toMatchObject({ options: [], error: 'unfit' });
    expect(JSON.stringify(unknown)).toContain('no_such_option');
    const posted = await waitForEvent(slack, (seen) => seen.type === 'message_posted', after);
    expect(posted).toMatchObject({ message: { plain: '@ana chose aurora-1, aurora-3' } });
  });

  test('a modal shows errors, keeps what was typed, then submits', async () => {
    const card = await postCard();
    const viewId = await openReason(card);
    const short = await control(slack, 'submit', { user: 'U0BO', values: { why: 'no' } });
    const refused = await control(slack, 'submit', { user: 'U0BO', values: { why: 'because' } });
    const kept = await control(slack, 'users/U0BO/views');
    const after = slack.workspace.feed.seq;

    const submitted = await control(slack, 'submit', {
      user: 'U0BO',
      view_id: viewId,
      values: { why: { text: 'wrong backup' } },
    });

    expect(short).toMatchObject({ result: { errors: { why: 'Please write at least 3 characters.' } } });
    expect(refused).toMatchObject({ result: { kind: 'errors', errors: { why: 'Say more.' } } });
    expect(kept).toMatchObject({
      views: [{ id: viewId, state: { values: { why: { text: { value: 'because' } } } } }],
    });
    expect(submitted).toMatchObject({ result: { kind: 'closed' } });
    const updated = await waitForEvent(slack, (event) => event.type === 'message_updated', after);
    expect(updated).toMatchObject({ ts: card.ts, message: { plain: 'Declined by @bo: wrong backup' } });
  });

  test('a pushed view lies on the first; closing tells the app', async () => {
    const viewId = await openReason(await postCard());
    await control(slack, 'submit', { user: 'U0BO', values: { why: 'push' } });
    const stacked = await control(slack, 'users/U0BO/views');
    const after = slack.workspace.feed.seq;

    await control(slack, 'close', { user: 'U0BO', all: true });

    expect(stacked).toMatchObject({
      views: [{ id: viewId }, { previous_view_id: viewId, root_view_id: viewId }],
    });
    const told = await waitForEvent(slack, (event) => event.type === 'ephemeral_posted', after);
    expect(told).toMatchObject({ user: 'U0BO', message: { plain: 'Nothing was declined.' } });
    expect(await control(slack, 'users/U0BO/views')).toMatchObject({ views: [] });
  });

  test('a mention in a thread is heard and answered there', async () => {
    const root = await type('the log is corrupt');
    const { ts } = Object(root.result);
    const after = slack.workspace.feed.seq;

    await type('hey @aurora, status?', { thread_ts: ts });

    await waitForEvent(
      slack,
      (event) => event.type === 'message_posted' && JSON.stringify(event).includes('I am here'),
      after,
    );
    expect(app.mentions.at(-1)).toBe('hey <@U0BOT>, status?');
    const thread = await readMessages(slack, { channel: 'C0OPS', thread: String(ts) });
    expect(thread.map((message) => message.plain)).toEqual([
      'the log is corrupt',
      'hey @aurora, status?',
      'I am here',
    ]);
    expect(thread[0]).toMatchObject({ reply_count: 2 });
  });

  test('a file is uploaded, shared and can be read', async () => {
    const after = slack.workspace.feed.seq;
    await type('/aurora upload');

    const posted = await waitForEvent(slack, (event) => event.type === 'message_posted', after);

    expect(posted).toMatchObject({ message: { plain: 'Full list attached\n[file: tasks.txt]' } });
    const [file] = [...slack.workspace.files.values()].slice(-1);
    const bytes = await (await fetch(file?.url_private ?? '')).text();
    expect(bytes).toBe('one\ntwo\n');
  });

  test('a command in a thread is refused, as Slack does', async () => {
    const root = await type('a thread');

    const refused = await type('/aurora leader', { thread_ts: Object(root.result).ts });

    expect(refused).toMatchObject({ ok: false, error: 'no-commands-in-threads' });
  });
});
