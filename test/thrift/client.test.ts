import { describe, expect, test } from 'vitest';
import { createSchedulerReader } from '../../src/thrift/scheduler-reader.ts';
import { wholeList } from '../support/whole-list.ts';
import { answerWith, clientOf, ok, reply, serve } from './harness.ts';

describe('tolerance', () => {
  test('unknown fields, unknown results and unknown statuses are passed over', async () => {
    const body =
      '[1,"queryRecovery",2,1,{"0":{"rec":{"1":{"i32":1},"99":{"str":"new"},"3":{"rec":{"9":{"rec":{"1":{"set":["rec",1,' +
      '{"1":{"rec":{"1":{"str":"id"},"4":{"rec":{"28":{"rec":{"1":{"str":"r"},"2":{"str":"e"},"3":{"str":"n"}}}}},"77":{"i32":1}}},"2":{"i32":42}}]}}}}}}}}]';
    const server = await serve(answerWith(body));

    const rows = await createSchedulerReader(clientOf(server)).queryStaged(wholeList);

    expect(rows).toEqual([
      {
        taskId: 'id',
        jobKey: { role: 'r', environment: 'e', name: 'n' },
        instanceId: 0,
        status: 'UNKNOWN(42)',
        flaw: 'no task events',
      },
    ]);
  });

  test('a warning is an answer with messages', async () => {
    const server = await serve(
      answerWith(reply('listBackups', { responseCode: 3, details: [{ message: 'old' }] })),
    );

    expect(await clientOf(server).call('listBackups', {})).toMatchObject({ messages: ['old'] });
  });

  test('TJSON under the media type of old releases is read', async () => {
    const body = reply('getRoleSummary', ok);
    const server = await serve(answerWith(body, 200, { 'Content-Type': 'application/x-thrift' }));

    expect(await createSchedulerReader(clientOf(server, { protocol: 'tbinary' })).isStorageReady()).toBe(
      true,
    );
  });
});

describe('headers', () => {
  test('the bypass header is sent when asked for, and only then', async () => {
    const server = await serve(answerWith(reply('listBackups', ok)));

    await clientOf(server, { bypassLeaderRedirect: true }).call('listBackups', {});
    await clientOf(server).call('listBackups', {});

    expect(server.seen.map((request) => request.headers['bypass-leader-redirect'])).toEqual([
      'true',
      undefined,
    ]);
  });
});

describe('redirects', () => {
  test('a trusted leader gets the same request once more, credentials included', async () => {
    const leader = await serve(answerWith(reply('listBackups', ok)));
    const follower = await serve(answerWith('', 307, { Location: leader.url }));
    const client = clientOf(follower, {
      followTo: (target) => target.href === leader.url,
      credentials: { user: 'u', password: 'p' },
    });

    await client.call('listBackups', {});

    expect(leader.seen[0]?.body).toEqual(follower.seen[0]?.body);
    expect(leader.seen[0]?.headers.authorization).toBe(follower.seen[0]?.headers.authorization);
  });

  test('a stranger gets nothing', async () => {
    const stranger = await serve(answerWith(''));
    const follower = await serve(answerWith('', 307, { Location: stranger.url }));

    const call = clientOf(follower, { followTo: () => false }).call('listBackups', {});

    await expect(call).rejects.toMatchObject({ code: 'http-redirect' });
    expect(stranger.seen).toHaveLength(0);
  });

  test('two schedulers that point at each other end in an error', async () => {
    const loop = await serve((request, response) =>
      answerWith('', 307, { Location: '/api' })(request, response),
    );

    const call = clientOf(loop, { followTo: () => true }).call('listBackups', {});

    await expect(call).rejects.toMatchObject({ code: 'http-redirect' });
    expect(loop.seen).toHaveLength(2);
  });
});
