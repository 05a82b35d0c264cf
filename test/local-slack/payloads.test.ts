import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signRequest } from '../../src/local-slack/delivery/http-delivery.ts';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { callApi, control, readMessages, signingSecret, startWorld, waitForEvent } from './world.ts';

/** What the app is sent, byte for byte as it arrives: looked at by a server that is no Bolt app. */

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let slack: LocalSlack;
let server: Server;
let received: Received[];
let answer: (request: IncomingMessage) => { status: number; headers?: Record<string, string>; body?: string };

beforeEach(async () => {
  received = [];
  answer = () => ({ status: 200 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      const { status, headers = {}, body = '' } = answer(request);
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  slack = await startWorld({
    delivery: { kind: 'http', url: `http://127.0.0.1:${port}/slack/events` },
    rules: { ackMs: 500, eventRetryMs: [10, 10, 10] },
  });
});
afterEach(async () => {
  await slack.close();
  server.closeAllConnections();
  server.close();
});

const type = (text: string) => control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text });
const last = (): Received => {
  const request = received.at(-1);
  if (request === undefined) throw new Error('nothing was received');
  return request;
};
const payloadOf = (request: Received): Record<string, unknown> =>
  Object(JSON.parse(new URLSearchParams(request.body).get('payload') ?? '{}'));

describe('signed HTTP requests', () => {
  test('a command is a form with every documented field, signed', async () => {
    await type('/aurora restore east & "west" for @bo <b>');

    const { headers, body } = last();
    const form = Object.fromEntries(new URLSearchParams(body));
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers['x-slack-signature']).toBe(
      signRequest({
        secret: signingSecret,
        timestamp: Number(headers['x-slack-request-timestamp']),
        body,
      }),
    );
    expect(form).toEqual({
      token: expect.any(String),
      team_id: 'T0LOCAL',
      team_domain: 'acme',
      channel_id: 'C0OPS',
      channel_name: 'aurora-ops',
      user_id: 'U0ANA',
      user_name: 'ana',
      command: '/aurora',
      text: 'restore east &amp; "west" for <@U0BO> &lt;b&gt;',
      api_app_id: 'A0AURORA',
      is_enterprise_install: 'false',
      response_url: expect.stringContaining(`${slack.url}/response/`),
      trigger_id: expect.any(String),
    });
  });

  test('a plain text answer is shown to the person', async () => {
    answer = () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'as you wish' });

    await type('/aurora leader');

    expect((await readMessages(slack, { channel: 'C0OPS', user: 'U0ANA' })).at(-1)?.plain).toBe(
      'as you wish',
    );
  });

  test('an answer that is not 2xx fails the command', async () => {
    answer = () => ({ status: 404 });

    expect(await type('/aurora leader')).toMatchObject({ result: { error: 'dispatch_failed' } });
  });

  test('a button press carries message, container, state and what was pressed', async () => {
    const { ts } = (
      await callApi(slack, 'chat.postMessage', {
        channel: 'C0OPS',
        text: 'card',
        blocks: [
          {
            type: 'actions',
            block_id: 'act',
            elements: [
              {
                type: 'button',
                action_id: 'approve',
                value: 'R1',
                text: { type: 'plain_text', text: 'Approve' },
              },
              {
                type: 'static_select',
                action_id: 'pick',
                options: [{ value: 'a', text: { type: 'plain_text', text: 'A' } }],
              },
            ],
          },
        ],
      })
    ).body;
    const use = { user: 'U0BO', channel: 'C0OPS', ts };
    await control(slack, 'choose', { ...use, action_id: 'pick', value: 'a' });

    await control(slack, 'press', { ...use, action_id: 'approve' });

    expect(payloadOf(last())).toEqual({
      type: 'block_actions',
      user: { id: 'U0BO', username: 'bo', name: 'bo', team_id: 'T0LOCAL' },
      api_app_id: 'A0AURORA',
      token: expect.any(String),
      container: { type: 'message', message_ts: ts, channel_id: 'C0OPS', is_ephemeral: false },
      trigger_id: expect.any(String),
      team: { id: 'T0LOCAL', domain: 'acme' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: 'C0OPS', name: 'aurora-ops' },
      message: expect.objectContaining({ type: 'message', ts, user: 'U0BOT', text: 'card' }),
      response_url: expect.any(String),
      state: { values: { act: { pick: { type: 'static_select', selected_option: expect.anything() } } } },
      actions: [
        {
          type: 'button',
          action_id: 'approve',
          block_id: 'act',
          value: 'R1',
          text: { type: 'plain_text', text: 'Approve' },
          action_ts: expect.stringMatching(/^\d+\.\d{6}$/),
        },
      ],
    });
  });

  test('a button of an ephemeral has no message, and its response URL replaces it', async () => {
    await callApi(slack, 'chat.postEphemeral', {
      channel: 'C0OPS',
      user: 'U0BO',
      text: 'secret card',
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'more', text: { type: 'plain_text', text: 'More' } }],
        },
      ],
    });
    const before = (await readMessages(slack, { channel: 'C0OPS', user: 'U0BO' })).at(-1);

    await control(slack, 'press', { user: 'U0BO', channel: 'C0OPS', ts: before?.ts, action_id: 'more' });
    const payload = payloadOf(last());
    await fetch(String(payload.response_url), {
      method: 'POST',
      body: JSON.stringify({ replace_original: true, text: 'more' }),
    });

    expect(payload).not.toHaveProperty('message');
    expect(payload.container).toMatchObject({ is_ephemeral: true });
    const after = await readMessages(slack, { channel: 'C0OPS', user: 'U0BO' });
    expect(after.at(-1)).toMatchObject({ ts: before?.ts, plain: 'more' });
    expect(await readMessages(slack, { channel: 'C0OPS', user: 'U0ANA' })).toEqual([]);
  });

  test('a submission carries the view with its state', async () => {
    await type('/aurora leader');
    const trigger_id = new URLSearchParams(last().body).get('trigger_id');
    await callApi(slack, 'views.open', {
      trigger_id,
      view: {
        type: 'modal',
        callback_id: 'commit',
        private_metadata: 'R1',
        title: { type: 'plain_text', text: 'Commit' },
        submit: { type: 'plain_text', text: 'Commit' },
        blocks: [
          {
            type: 'input',
            block_id: 'name',
            label: { type: 'plain_text', text: 'Type the cluster' },
            element: { type: 'plain_text_input', action_id: 'text' },
          },
        ],
      },
    });

    await control(slack, 'submit', { user: 'U0ANA', values: { name: 'east' } });

    expect(payloadOf(last())).toMatchObject({
      type: 'view_submission',
      user: { id: 'U0ANA', team_id: 'T0LOCAL' },
      trigger_id: expect.any(String),
      response_urls: [],
      view: {
        callback_id: 'commit',
        private_metadata: 'R1',
        state: { values: { name: { text: { type: 'plain_text_input', value: 'east' } } } },
        hash: expect.any(String),
        root_view_id: expect.any(String),
        previous_view_id: null,
        app_installed_team_id: 'T0LOCAL',
        bot_id: 'B0BOT',
        close: null,
        clear_on_close: false,
        notify_on_close: false,
      },
    });
  });

  test('a mention is JSON with its event, and is retried with headers until told not to', async () => {
    answer = (request) => ({
      status: 500,
      headers: request.headers['x-slack-retry-num'] === '2' ? { 'x-slack-no-retry': '1' } : {},
    });
    await type('hello @aurora');
    await waitForEvent(
      slack,
      (event) => event.type === 'envelope' && event.attempt === 2 && event.state === 'failed',
    );
    await type('/aurora after that');

    expect(received).toHaveLength(4);
    const [first, second] = received;
    expect(first?.headers['content-type']).toBe('application/json');
    expect(Object(JSON.parse(first?.body ?? '{}'))).toMatchObject({
      type: 'event_callback',
      team_id: 'T0LOCAL',
      api_app_id: 'A0AURORA',
      event_id: expect.stringMatching(/^Ev/),
      authorizations: [{ user_id: 'U0BOT', is_bot: true }],
      event: {
        type: 'app_mention',
        user: 'U0ANA',
        text: 'hello <@U0BOT>',
        channel: 'C0OPS',
        blocks: [{ type: 'rich_text' }],
        event_ts: expect.any(String),
      },
    });
    expect(second?.headers).toMatchObject({
      'x-slack-retry-num': '1',
      'x-slack-retry-reason': 'http_error',
    });
    expect(JSON.parse(first?.body ?? '')).toEqual(JSON.parse(second?.body ?? ''));
  });
});
