import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { type RunningApp, startSocketApp } from './app-under-contract.ts';
import { allScopes, appToken, callApi, control, movableClock, startWorld, waitForEvent } from './world.ts';

/** What a real Slack refuses, the local one refuses too, with the same word. */

const divider = { type: 'divider' };
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const modal = (blocks: unknown[] = [divider]) => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'A modal' },
  blocks,
});

let slack: LocalSlack;
const clock = movableClock();

beforeEach(async () => {
  slack = await startWorld({ clock });
});
afterEach(async () => {
  await slack.close();
});

const post = (args: Record<string, unknown>) =>
  callApi(slack, 'chat.postMessage', { channel: 'C0OPS', text: 'x', ...args });
const postedTs = async (): Promise<string> => String((await post({})).body.ts);

describe('blocks', () => {
  test.each([
    ['51 blocks', Array.from({ length: 51 }, () => divider), 'no more than 50 items allowed', '/blocks'],
    [
      '3001 characters',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters',
      '/blocks/0/text/text',
    ],
    ['empty text', [section('')], 'must be more than 0 characters', '/blocks/0/text/text'],
    ['an unknown block', [{ type: 'banner' }], 'unsupported type: "banner"', '/blocks/0/type'],
    [
      'an unknown property',
      [
        {
          type: 'actions',
          elements: [{ type: 'button', text: { type: 'plain_text', text: 'A' }, disabled: true }],
        },
      ],
      'invalid additional property: disabled',
      '/blocks/0/elements/0',
    ],
    ['a missing field', [{ type: 'header' }], 'missing required field: text', '/blocks/0'],
    [
      'the same block_id twice',
      [
        { ...divider, block_id: 'b' },
        { ...divider, block_id: 'b' },
      ],
      'duplicate block_id: b',
      '/blocks/1/block_id',
    ],
  ])('chat.postMessage refuses %s', async (_what, blocks, problem, pointer) => {
    const { status, body } = await post({ blocks });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      response_metadata: { messages: [`[ERROR] ${problem} [json-pointer:${pointer}]`] },
    });
  });

  test('too many characters in all blocks together are refused', async () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2900)));

    expect((await post({ blocks })).body).toMatchObject({ ok: false, error: 'msg_blocks_too_long' });
  });
});

describe('messages', () => {
  test.each([
    ['channel_not_found', 'chat.postMessage', { channel: 'C0NOWHERE', text: 'x' }],
    ['channel_not_found', 'chat.postMessage', { channel: 'C0PRIV', text: 'x' }],
    ['not_in_channel', 'chat.postMessage', { channel: 'C0OUT', text: 'x' }],
    ['no_text', 'chat.postMessage', { channel: 'C0OPS' }],
    ['thread_not_found', 'chat.postMessage', { channel: 'C0OPS', text: 'x', thread_ts: '1.000001' }],
    ['message_not_found', 'chat.update', { channel: 'C0OPS', ts: '1.000001', text: 'x' }],
    ['message_not_found', 'chat.delete', { channel: 'C0OPS', ts: '1.000001' }],
    ['message_not_found', 'chat.getPermalink', { channel: 'C0OPS', message_ts: '1.000001' }],
    ['thread_not_found', 'conversations.replies', { channel: 'C0OPS', ts: '1.000001' }],
    ['user_not_in_channel', 'chat.postEphemeral', { channel: 'C0OPS', user: 'U0DEE', text: 'x' }],
    ['user_not_found', 'users.info', { user: 'U0NOBODY' }],
    ['no_such_subteam', 'usergroups.users.list', { usergroup: 'S0NONE' }],
    ['missing_argument', 'files.getUploadURLExternal', { filename: 'a.txt', length: 0 }],
    ['unknown_method', 'chat.shout', {}],
  ])('%s from %s', async (error, method, args) => {
    const { status, body } = await callApi(slack, method, args);

    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: false, error });
  });

  test('a timestamp that is a number is refused', async () => {
    const { body } = await post({ thread_ts: 1764000000.0001 });

    expect(body).toMatchObject({ ok: false, error: 'invalid_arguments' });
  });

  test('text is cut on posting and refused on updating', async () => {
    const posted = await post({ text: 'x'.repeat(40_001) });
    const updated = await callApi(slack, 'chat.update', {
      channel: 'C0OPS',
      ts: posted.body.ts,
      text: 'x'.repeat(4001),
    });

    expect(Object(posted.body.message).text).toHaveLength(40_000);
    expect(updated.body).toMatchObject({ ok: false, error: 'msg_too_long' });
  });

  test('somebody else’s message cannot be updated', async () => {
    const typed = await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: 'mine' });

    const { body } = await callApi(slack, 'chat.update', {
      channel: 'C0OPS',
      ts: Object(typed.result).ts,
      text: 'yours',
    });

    expect(body).toMatchObject({ ok: false, error: 'cant_update_message' });
  });

  test('metadata is kept, and returned only when asked for', async () => {
    const metadata = { event_type: 'restore', event_payload: { key: 'R1:plan' } };
    const ts = String((await post({ metadata })).body.ts);
    const read = async (include_all_metadata: boolean) =>
      (await callApi(slack, 'conversations.replies', { channel: 'C0OPS', ts, include_all_metadata })).body;

    expect(await read(true)).toMatchObject({ messages: [{ metadata }] });
    expect(JSON.stringify(await read(false))).not.toContain('R1:plan');
  });

  test('metadata that is nested too deeply is refused', async () => {
    const { body } = await post({ metadata: { event_type: 'x', event_payload: { a: { b: { c: 1 } } } } });

    expect(body).toMatchObject({ ok: false, error: 'invalid_metadata_format' });
  });

  test('timestamps are unique strings that grow', async () => {
    const first = await postedTs();
    const second = await postedTs();

    expect(first).toMatch(/^\d{10}\.\d{6}$/);
    expect(second > first).toBe(true);
  });

  test('blocks stay on an update that gives none', async () => {
    const ts = String((await post({ blocks: [divider] })).body.ts);

    const kept = await callApi(slack, 'chat.update', { channel: 'C0OPS', ts, text: 'new' });
    const dropped = await callApi(slack, 'chat.update', { channel: 'C0OPS', ts, text: 'new', blocks: [] });

    expect(kept.body).toMatchObject({ message: { text: 'new', blocks: [{ type: 'divider' }] } });
    expect(Object(dropped.body.message)).not.toHaveProperty('blocks');
  });
});

describe('tokens and scopes', () => {
  test.each([
    ['not_authed', 'auth.test', ''],
    ['invalid_auth', 'auth.test', 'xoxb-wrong'],
    ['not_allowed_token_type', 'chat.postMessage', appToken],
    ['not_allowed_token_type', 'apps.connections.open', 'xoxb-local-1'],
  ])('%s from %s', async (error, method, token) => {
    expect((await callApi(slack, method, {}, token)).body).toMatchObject({ ok: false, error });
  });

  test('a scope that the manifest does not ask for is missing', async () => {
    const strict = await startWorld({
      app: {
        ...slack.workspace.people.app,
        scopes: allScopes.filter((scope) => scope !== 'usergroups:read'),
      },
    });

    const { body } = await callApi(strict, 'usergroups.users.list', { usergroup: 'S0ONCALL' });
    await strict.close();

    expect(body).toMatchObject({ ok: false, error: 'missing_scope', needed: 'usergroups:read' });
  });

  test('a form body works like a JSON body', async () => {
    const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      body: new URLSearchParams({
        token: 'xoxb-local-1',
        channel: '#aurora-ops',
        text: 'from a form',
        blocks: JSON.stringify([divider]),
      }),
    });

    expect(await response.json()).toMatchObject({ ok: true, channel: 'C0OPS' });
  });
});

describe('rates', () => {
  test('a burst is followed by 429 with Retry-After, and later it goes on', async () => {
    const statuses = [];
    for (let call = 0; call < 11; call++) statuses.push((await post({})).status);
    const refused = await post({});
    clock.shift(1100);
    const later = await post({});

    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
    expect(refused).toMatchObject({ status: 429, body: { ok: false, error: 'ratelimited' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(later.status).toBe(200);
  });
});

describe('with an app', () => {
  let app: RunningApp;

  beforeEach(async () => {
    app = await startSocketApp(slack.apiUrl);
  });
  afterEach(async () => {
    await app.stop();
  });

  const triggerOf = async (): Promise<string> => {
    const after = slack.workspace.feed.seq;
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora leader' });
    const sent = await waitForEvent(slack, (event) => event.type === 'envelope', after);
    return String(Object(sent.payload).trigger_id);
  };

  test('a trigger opens one view, within three seconds', async () => {
    const fresh = await triggerOf();
    const open = (trigger_id: string) =>
      callApi(slack, 'views.open', { trigger_id, view: JSON.stringify(modal()) });
    const opened = await open(fresh);
    const again = await open(fresh);
    const late = await triggerOf();
    clock.shift(3001);

    expect(opened.body).toMatchObject({ ok: true, view: { type: 'modal', state: { values: {} } } });
    expect(again.body).toMatchObject({ error: 'exchanged_trigger_id' });
    expect((await open(late)).body).toMatchObject({ error: 'expired_trigger_id' });
    expect((await open('123.456.abc')).body).toMatchObject({ error: 'invalid_trigger_id' });
  });

  test('a stale hash is a conflict', async () => {
    const opened = await callApi(slack, 'views.open', { trigger_id: await triggerOf(), view: modal() });
    const { id, hash } = Object(opened.body.view);
    const update = () => callApi(slack, 'views.update', { view_id: id, hash, view: modal() });

    expect((await update()).body).toMatchObject({ ok: true });
    expect((await update()).body).toMatchObject({ ok: false, error: 'hash_conflict' });
  });

  test('a view with an input needs a submit button, and titles are short', async () => {
    const input = {
      type: 'input',
      label: { type: 'plain_text', text: 'Why' },
      element: { type: 'plain_text_input' },
    };
    const noSubmit = await callApi(slack, 'views.open', {
      trigger_id: await triggerOf(),
      view: modal([input]),
    });
    const longTitle = await callApi(slack, 'views.open', {
      trigger_id: await triggerOf(),
      view: { ...modal(), title: { type: 'plain_text', text: 'x'.repeat(25) } },
    });

    expect(noSubmit.body).toMatchObject({ ok: false, error: 'invalid_arguments' });
    expect(JSON.stringify(longTitle.body)).toContain('[json-pointer:/view/title/text]');
  });

  test('a response URL works five times, and half an hour', async () => {
    const urlOf = async () => {
      const after = slack.workspace.feed.seq;
      await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora leader' });
      const sent = await waitForEvent(slack, (event) => event.type === 'envelope', after);
      return String(Object(sent.payload).response_url);
    };
    const respond = (url: string) => fetch(url, { method: 'POST', body: JSON.stringify({ text: 'again' }) });
    const url = await urlOf();
    const statuses = [];
    for (let use = 0; use < 6; use++) statuses.push((await respond(url)).status);
    const old = await urlOf();
    clock.shift(30 * 60_000 + 1);

    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(await (await respond(old)).json()).toMatchObject({ error: 'expired_url' });
  });

  test('a deactivated person can do nothing, except what was under way', async () => {
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora card' });
    const posted = await waitForEvent(slack, (event) => event.type === 'message_posted');
    await control(slack, 'faults', { deactivate: { user: 'U0BO' } });
    const press = {
      user: 'U0BO',
      channel: 'C0OPS',
      ts: posted.ts,
      action_id: 'approve',
      confirmed: true,
    };

    expect(await control(slack, 'press', press)).toMatchObject({ ok: false, error: 'deactivated' });
    expect(await control(slack, 'press', { ...press, under_way: true })).toMatchObject({
      result: { kind: 'sent', error: null },
    });
    expect((await callApi(slack, 'users.info', { user: 'U0BO' })).body).toMatchObject({
      user: { deleted: true },
    });
  });

  test('somebody from another workspace has no commands', async () => {
    const answer = await control(slack, 'type', {
      user: 'U0EVE',
      channel: 'C0OPS',
      text: '/aurora leader',
    });

    expect(answer).toMatchObject({ ok: false, error: 'external-person' });
  });
});

describe('who may ask', () => {
  test('another Host or Origin is refused', async () => {
    const rebound = await fetch(`${slack.url}/control/state`, { headers: { origin: 'http://evil.example' } });
    const status = await new Promise<number>((resolve, reject) => {
      request(
        { port: slack.port, host: '127.0.0.1', path: '/control/state', headers: { host: 'evil.example' } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      )
        .once('error', reject)
        .end();
    });

    expect(rebound.status).toBe(403);
    expect(status).toBe(403);
  });

  test('it listens on loopback only', async () => {
    await expect(startWorld({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'not-loopback' });
  });

  test('it sends nothing to other machines', async () => {
    const delivery = { kind: 'http', url: 'http://192.0.2.1/slack/events' } as const;

    await expect(startWorld({ delivery })).rejects.toMatchObject({ code: 'not-loopback' });
  });
});
