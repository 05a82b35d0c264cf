import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../src/local-slack/local-slack.ts';
import { type RunningApp, startSocketApp } from './app-under-contract.ts';
import { callApi, control, readMessages, startWorld, waitForEvent } from './world.ts';

describe('bad days', () => {
  let slack: LocalSlack;
  let app: RunningApp;

  beforeEach(async () => {
    slack = await startWorld({ rules: { ackMs: 500, eventRetryMs: [50, 50, 50], rateScale: 100 } });
    app = await startSocketApp(slack.apiUrl);
  });
  afterEach(async () => {
    await app.stop();
    await slack.close();
  });

  const command = () => control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '/aurora leader' });

  test('an acknowledgement that comes late is ignored and written down', async () => {
    await control(slack, 'faults', { slow_ack_ms: 700 });

    const answer = await command();

    expect(answer).toMatchObject({ result: { error: 'operation_timeout' } });
    const late = await waitForEvent(slack, (event) => event.type === 'envelope' && event.state === 'late');
    expect(late).toMatchObject({ summary: 'came too late and was ignored' });
  });

  test('a duplicate delivery carries the same envelope id', async () => {
    await control(slack, 'faults', { duplicate_deliveries: 1 });
    const after = slack.workspace.feed.seq;

    await command();

    const sent = slack.workspace.feed
      .since(after)
      .filter((event) => event.type === 'envelope' && event.state === 'sent');
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map((event) => Object(event).envelope_id)).size).toBe(1);
  });

  test('an event nobody acknowledges is sent again with its attempt', async () => {
    await control(slack, 'faults', { slow_ack_ms: 600 });
    await control(slack, 'type', { user: 'U0ANA', channel: 'C0OPS', text: '@aurora hello' });

    const again = await waitForEvent(
      slack,
      (event) => event.type === 'envelope' && event.attempt === 1 && event.state === 'sent',
    );

    expect(again).toMatchObject({ kind: 'events_api' });
  });

  test('calls fail as asked, then work', async () => {
    const post = () => callApi(slack, 'chat.postMessage', { channel: 'C0OPS', text: 'x' });
    await control(slack, 'faults', {
      fail: { method: 'chat.postMessage', how: '429', retry_after_s: 7 },
    });
    await control(slack, 'faults', { fail: { method: 'chat.postMessage', how: '500' } });
    await control(slack, 'faults', { fail: { method: 'chat.postMessage', how: 'lost-reply' } });

    const limited = await post();
    const broken = await post();
    const lost = await post().catch(() => 'lost');
    const fine = await post();

    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('7');
    expect(broken.status).toBe(500);
    expect(lost).toBe('lost');
    expect(fine.body.ok).toBe(true);
    // The lost one was posted all the same.
    expect(await readMessages(slack, { channel: 'C0OPS' })).toHaveLength(2);
  });

  test('the app reconnects after its sockets were cut', async () => {
    const after = slack.workspace.feed.seq;

    await control(slack, 'faults', { drop_sockets: true });

    await waitForEvent(slack, (event) => event.type === 'connections' && event.open === 0, after);
    await waitForEvent(slack, (event) => event.type === 'connections' && event.open === 1, after);
    expect(await command()).toMatchObject({ result: { error: null } });
  });

  test('the app follows a routine disconnect', async () => {
    const after = slack.workspace.feed.seq;

    await control(slack, 'faults', { disconnect: 'refresh_requested' });

    await waitForEvent(slack, (event) => event.type === 'connections' && event.open === 0, after);
    await waitForEvent(slack, (event) => event.type === 'connections' && event.open === 1, after);
    expect(await command()).toMatchObject({ result: { error: null } });
  });

  test('while Slack is down nothing is answered, and commands fail', async () => {
    await control(slack, 'faults', { down: true });

    await expect(callApi(slack, 'auth.test', {})).rejects.toThrow();
    expect(await command()).toMatchObject({ result: { error: 'dispatch_failed' } });
    await control(slack, 'faults', { down: false });
    expect((await callApi(slack, 'auth.test', {})).body.ok).toBe(true);
  });
});

describe('after a kill', () => {
  let stateDir: string;

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'local-slack-'));
  });
  afterEach(() => {
    rmSync(stateDir, { recursive: true, force: true });
  });

  test('everything visible is there again, and a line cut off by the kill is not', async () => {
    const before = await startWorld({ stateDir });
    const call = async (method: string, args: Record<string, unknown>) =>
      (await callApi(before, method, { channel: 'C0OPS', ...args })).body;
    const { ts } = await call('chat.postMessage', {
      text: 'plan',
      metadata: { event_type: 'restore', event_payload: { key: 'k' } },
    });
    await call('chat.postMessage', { text: 'cost', thread_ts: ts });
    await call('chat.update', { ts, text: 'plan, running' });
    const gone = await call('chat.postMessage', { text: 'gone' });
    await call('chat.delete', { ts: gone.ts });
    await control(before, 'faults', { deactivate: { user: 'U0CY' } });
    const seen = await readMessages(before, { channel: 'C0OPS' });
    // Nothing is closed in order: the next server only has the files.
    appendFileSync(join(stateDir, 'slack.jsonl'), '{"kind":"message","chan');

    const after = await startWorld({ stateDir });

    const strip = (messages: typeof seen) => messages.map(({ permalink: _permalink, ...rest }) => rest);
    expect(strip(await readMessages(after, { channel: 'C0OPS' }))).toEqual(strip(seen));
    expect(await readMessages(after, { channel: 'C0OPS', thread: String(ts) })).toHaveLength(2);
    expect((await callApi(after, 'users.info', { user: 'U0CY' })).body).toMatchObject({
      user: { deleted: true },
    });
    const next = await callApi(after, 'chat.postMessage', { channel: 'C0OPS', text: 'next' });
    expect(String(next.body.ts) > String(ts)).toBe(true);
    await before.close();
    await after.close();
  });

  test('a state directory that is not ours is refused', async () => {
    appendFileSync(join(stateDir, 'slack.jsonl'), '{"kind":"something else"}\n');

    await expect(startWorld({ stateDir })).rejects.toThrow();
  });
});
