import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answerWith, clientOf, closeAfterTest, ok, reply, serve } from './harness.ts';
import { portOf, type SeenRequest, startServer } from './scheduler-server.ts';

describe('each failure is an error of its own', () => {
  const whole = reply('listBackups', { ...ok, result: { listBackupsResult: { backups: ['a'] } } });
  const cases: readonly (readonly [
    string,
    (request: SeenRequest, response: ServerResponse) => void,
    object,
  ])[] = [
    [
      'ERROR',
      answerWith(reply('listBackups', { responseCode: 2, details: [{ message: 'no' }] })),
      { code: 'rpc-error', messages: ['no'] },
    ],
    ['ERROR_TRANSIENT', answerWith(reply('listBackups', { responseCode: 6 })), { code: 'rpc-transient' }],
    ['AUTH_FAILED', answerWith(reply('listBackups', { responseCode: 4 })), { code: 'rpc-auth-failed' }],
    [
      'INVALID_REQUEST',
      answerWith(reply('listBackups', { responseCode: 0 })),
      { code: 'rpc-invalid-request' },
    ],
    [
      'a job that is being updated',
      answerWith(reply('listBackups', { responseCode: 5 })),
      { code: 'rpc-job-updating' },
    ],
    [
      'an unknown response code',
      answerWith(reply('listBackups', { responseCode: 77 })),
      { code: 'rpc-unknown-code' },
    ],
    [
      'an unknown method',
      answerWith('[1,"listBackups",3,1,{"1":{"str":"Invalid"},"2":{"i32":1}}]'),
      { code: 'rpc-unknown-method' },
    ],
    [
      'another exception',
      answerWith('[1,"listBackups",3,1,{"2":{"i32":7}}]'),
      { code: 'rpc-application-exception' },
    ],
    ['a body that is cut inside the JSON', answerWith(whole.subarray(0, -20)), { code: 'rpc-truncated' }],
    ['an empty body', answerWith(''), { code: 'rpc-truncated' }],
    ['a page that is no Thrift', answerWith('<html>hello</html>'), { code: 'rpc-malformed' }],
    ['an answer to another call', answerWith(reply('stageRecovery', ok)), { code: 'rpc-malformed' }],
    ['an answer without a response', answerWith('[1,"listBackups",2,1,{}]'), { code: 'rpc-malformed' }],
    [
      'TBinary that is cut',
      answerWith(Buffer.from([0x80, 1, 0]), 200, { 'Content-Type': 'application/vnd.apache.thrift.binary' }),
      { code: 'rpc-truncated' },
    ],
    [
      'a redirect',
      answerWith('', 307, { Location: 'http://other:8081/api' }),
      { code: 'http-redirect', details: { location: 'http://other:8081/api' } },
    ],
    ['401', answerWith('', 401), { code: 'http-unauthorized', status: 401 }],
    ['415', answerWith('Unsupported Content-Type: x', 415), { code: 'http-status', status: 415 }],
    [
      '500',
      answerWith('<title>Error</title><h2>HTTP ERROR: 500</h2>', 500),
      {
        code: 'http-status',
        status: 500,
        message: 'The scheduler answers listBackups with HTTP 500: HTTP ERROR: 500.',
      },
    ],
    ['503', answerWith('', 503), { code: 'http-status', status: 503 }],
    [
      'a connection that is cut before the answer',
      (_request, response) => response.destroy(),
      { code: 'rpc-connection-broken' },
    ],
    [
      'a connection that is cut inside the answer',
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': String(whole.length) });
        response.write(whole.subarray(0, 10), () => response.destroy());
      },
      { code: 'rpc-connection-broken' },
    ],
  ];

  test.each(cases)('%s', async (_name, answer, expected) => {
    const server = await serve(answer);

    const error = await clientOf(server)
      .call('listBackups', {})
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject(expected);
    expect(error).toHaveProperty('hint', expect.stringMatching(/\.$/));
    expect(server.seen).toHaveLength(1);
  });

  test('a scheduler that says nothing', async () => {
    const server = await serve(() => {});

    await expect(clientOf(server, { deadlineMs: 50 }).call('listBackups', {})).rejects.toMatchObject({
      code: 'rpc-timeout',
    });
  });

  test('a body that trickles for ever', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    });

    await expect(clientOf(server, { totalMs: 100 }).call('listBackups', {})).rejects.toMatchObject({
      code: 'rpc-timeout',
    });
  });

  test('a closed port: nothing was sent', async () => {
    const gone = await startServer(() => {});
    await gone.close();

    await expect(clientOf(gone).call('listBackups', {})).rejects.toMatchObject({ code: 'rpc-unreachable' });
  });

  test('a host name that nobody knows: nothing was sent', async () => {
    const client = clientOf({ url: 'http://no-such-host.invalid:8081/api' });

    await expect(client.call('listBackups', {})).rejects.toMatchObject({ code: 'rpc-unreachable' });
  });

  test('an answer that is too large, also when only decompressed', async () => {
    const large = gzipSync(Buffer.alloc(17 * 1024 ** 2, 32));
    const server = await serve(answerWith(large, 200, { 'Content-Encoding': 'gzip' }));

    const call = clientOf(server).call('listBackups', {});

    await expect(call).rejects.toMatchObject({ code: 'rpc-too-large' });
  });

  test('no error carries the password', async () => {
    const server = await serve((_request, response) => response.destroy());
    const client = clientOf(server, { credentials: { user: 'admin', password: 'hunter2' } });

    const error = await client.call('listBackups', {}).catch((thrown: unknown) => thrown);

    const secret = Buffer.from('admin:hunter2').toString('base64');
    expect(inspectDeep(error)).not.toMatch(new RegExp(`hunter2|${secret}`));
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${secret}`);
  });
});

test('a listener that never accepts HTTP is a timeout, not a hang', async () => {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  closeAfterTest({
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        listener.close(() => resolve());
      }),
  });

  const call = clientOf({ url: `http://127.0.0.1:${portOf(listener)}/api` }, { deadlineMs: 50 }).call(
    'listBackups',
    {},
  );

  await expect(call).rejects.toMatchObject({ code: 'rpc-timeout' });
});

/** Everything an error would show in a log: its own properties and those of its causes. */
function inspectDeep(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => JSON.stringify(Reflect.get(error, name)) ?? '');
  return [...own, String(error.stack), inspectDeep(error.cause)].join('\n');
}
