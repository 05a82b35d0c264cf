/** Answers that take long, stop, or break off: what is waited for is progress, and what is cut is never taken for whole. */
import { describe, expect, it } from 'vitest';
import { createSchedulerReader } from '../../src/thrift/scheduler-reader.ts';
import { cuts, trickle } from '../support/broken-answers.ts';
import { WatchedClock } from '../support/watched-clock.ts';
import { clientOf, ok, reply, serve } from './harness.ts';

const json = 'application/vnd.apache.thrift.json';
const whole = reply('listBackups', { ...ok, result: { listBackupsResult: { backups: ['a', 'b'] } } });
const silenceMs = 30_000;

describe('an answer that comes slowly', () => {
  it('is read to its end as long as something comes, however long that takes', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': json });
      void trickle(response, whole, { clock, pieces: 8, everyMs: 20_000 });
    });
    const reader = createSchedulerReader(clientOf(server, { clock, deadlineMs: silenceMs }));

    const backups = await reader.listBackups();

    expect(backups).toEqual(['a', 'b']);
    expect(clock.now()).toBeGreaterThan(4 * silenceMs);
  });

  it('is given up when nothing comes any more', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': json });
      void trickle(response, whole.subarray(0, 20), { clock, pieces: 2, everyMs: 20_000, ends: false }).then(
        () => clock.passes(silenceMs),
      );
    });

    const call = clientOf(server, { clock, deadlineMs: silenceMs }).call('listBackups', {});

    await expect(call).rejects.toMatchObject({
      code: 'rpc-timeout',
      message: expect.stringMatching(/nothing came for 30 s/),
    });
  });

  it('is given up when it never ends', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': json });
      void trickle(response, Buffer.alloc(40, 32), { clock, pieces: 40, everyMs: 20_000, ends: false });
    });

    const call = clientOf(server, { clock, deadlineMs: silenceMs }).call('listBackups', {});

    await expect(call).rejects.toMatchObject({
      code: 'rpc-timeout',
      message: expect.stringMatching(/had not ended after 10 min/),
    });
  });
});

describe('an answer that is cut, with HTTP 200', () => {
  it.each(cuts)('is not an answer: $name', async ({ send }) => {
    const server = await serve((_request, response) => send(response, whole, json));

    const call = clientOf(server).call('listBackups', {});

    await expect(call).rejects.toMatchObject({
      code: expect.stringMatching(/^rpc-(connection-broken|truncated)$/),
    });
    expect(server.seen).toHaveLength(1);
  });
});
