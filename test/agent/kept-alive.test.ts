import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { keptAlive } from '../../src/agent/kept-alive.ts';
import { stagedSchema } from '../../src/agent/protocol.ts';
import { methods } from '../../src/thrift/methods.ts';
import { methodResult } from '../../src/thrift/structs.ts';
import { decodeMessage, encodeMessage } from '../../src/thrift/tbinary.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { wholeList } from '../support/whole-list.ts';
import { startAgentHere } from './support/agent-in-process.ts';
import { createTestHost } from './support/test-host.ts';

/** Waits for whoever sleeps, and lets them sleep no longer. */
async function nextBeat(clock: FakeClock): Promise<void> {
  while (!clock.advance(clock.now() + 2_000)) await new Promise((resolve) => setImmediate(resolve));
}

test('an answer that comes soon is itself', async () => {
  expect(await keptAlive(new FakeClock(0), Promise.resolve({ staged: null }))).toEqual({ staged: null });
});

test('one that fails soon fails', async () => {
  await expect(keptAlive(new FakeClock(0), Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a long one is spaces, and then its JSON', async () => {
  const clock = new FakeClock(0);
  const { promise, resolve } = Promise.withResolvers<{ tasks: number }>();
  const begun = keptAlive(clock, promise);
  await nextBeat(clock);
  const pieces = (await begun) as AsyncGenerator<string>;

  expect(await pieces.next()).toEqual({ done: false, value: ' ' });
  const second = pieces.next();
  await nextBeat(clock);
  expect(await second).toEqual({ done: false, value: ' ' });
  resolve({ tasks: 7 });

  expect(await wholeList(pieces)).toEqual(['{"tasks":7}']);
});

test('one that fails late breaks off', async () => {
  const clock = new FakeClock(0);
  const { promise, reject } = Promise.withResolvers<object>();
  const begun = keptAlive(clock, promise);
  await nextBeat(clock);
  const pieces = (await begun) as AsyncGenerator<string>;
  await pieces.next();
  reject(new Error('the scheduler ended'));

  await expect(pieces.next()).rejects.toThrow('the scheduler ended');
});

test('what is staged in a scheduler that takes its time is told by an agent that is heard meanwhile', async () => {
  const host = await createTestHost();
  const clock = new FakeClock(Date.now());
  const agent = await startAgentHere(host, { clock });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const scheduler = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { name, seqid } = decodeMessage(Buffer.concat(chunks), () => methods.queryRecovery);
      const answer = encodeMessage({ name, seqid, type: 'reply' }, methodResult, {
        success: { responseCode: 1 },
      });
      response.setHeader('content-type', 'application/vnd.apache.thrift.binary');
      void released.then(() => response.end(answer));
    });
  }).listen(host.config.scheduler.httpPort, '127.0.0.1');
  await once(scheduler, 'listening');

  const asked = fetch(new URL('/v1/staged', agent.url));
  await once(scheduler, 'request');
  // Less than the silence that an agent bears of its scheduler.
  const until = clock.now() + 5_000;
  while (clock.advance(until)) await new Promise((resolve) => setImmediate(resolve));
  const answer = await asked;
  release();
  const body = await answer.text();

  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(body).toMatch(/^ +\{/);
  expect(stagedSchema.parse(JSON.parse(body)).staged?.tasks).toBe(0);
  await agent.close();
  scheduler.close();
  await host.dispose();
});
