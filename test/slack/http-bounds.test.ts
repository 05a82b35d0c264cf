/** Anybody who reaches the port of the HTTP mode: connections, headers and bodies that no Slack sends. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bot, startBot } from './support/bot.ts';

let bot: Bot;
let sockets: Socket[];
beforeEach(async () => {
  bot = await startBot('http');
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await bot.app.stop();
  await bot.outbox.stop();
  await bot.world.close();
});

const open = async (host = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ host, port: bot.port });
  sockets.push(socket);
  await new Promise((resolve) => socket.on('connect', resolve).on('error', resolve));
  return socket;
};
const deliver = (body: string): Promise<number> =>
  fetch(`http://127.0.0.1:${bot.port}/slack/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  }).then(({ status }) => status);

test('only the address that the configuration names is listened on', async () => {
  const elsewhere = await open('127.0.0.2');

  expect(elsewhere.readyState).toBe('closed');
});

test('connections that say nothing make room, and the next delivery is answered', async () => {
  for (let number = 0; number < 300; number += 1) await open();

  expect(await deliver('{}')).toBe(401);
  expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(256);
});

test('headers without an end are not waited for', async () => {
  const socket = await open();
  socket.write('POST /slack/events HTTP/1.1\r\nHost: a\r\nX-Slow: ');

  await once(socket.resume(), 'close');

  expect(await deliver('{}')).toBe(401);
});

test('headers and bodies that are too long are refused before anybody looks for a signature', async () => {
  const socket = await open();
  const answered = once(socket, 'data');
  socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`);

  expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 431 /);
  expect(await deliver(JSON.stringify({ text: 'x'.repeat(2 * 1024 * 1024) }))).toBe(413);
});

test('a request that never ends does not keep the bot from ending', async () => {
  const socket = await open();
  socket.write('POST /slack/events HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{');
  expect(await deliver('{}')).toBe(401);

  await bot.app.stop();

  expect(await open().then(({ readyState }) => readyState)).toBe('closed');
});
