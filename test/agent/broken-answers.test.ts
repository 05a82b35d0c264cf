/** What the bot makes of an agent, and an agent of its scheduler, that answers slowly, falls silent or is cut. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectAgent } from '../../src/agent/client.ts';
import { relayCall } from '../../src/agent/scheduler-relay.ts';
import { AuroraError } from '../../src/aurora/errors.ts';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import { cuts, trickle } from '../support/broken-answers.ts';
import { WatchedClock } from '../support/watched-clock.ts';
import { ok, reply, serve } from '../thrift/harness.ts';
import type { TestServer } from '../thrift/scheduler-server.ts';
import { startAgentHere } from './support/agent-in-process.ts';
import { backupName, createTestHost, type TestHost } from './support/test-host.ts';

const thrift = 'application/vnd.apache.thrift.json';
const ndjson = 'application/x-ndjson';
const json = 'application/json; charset=utf-8';
const silenceMs = 30_000;
const whole = reply('listBackups', { ...ok, result: { listBackupsResult: { backups: ['a', 'b'] } } });
const row = { taskId: 't-1', jobKey: { role: 'www', environment: 'prod', name: 'web' }, instanceId: 0 };
const lines = Buffer.from(
  [...Array.from({ length: 6 }, () => ({ ...row, status: 'RUNNING' })), { end: 6 }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
);

const clientOf = ({ url }: TestServer, clock = new WatchedClock(0)) =>
  connectAgent({ host: 'aurora-1', url: new URL(url).origin, deadlineMs: silenceMs, clock });

describe('a scheduler behind its agent', () => {
  let host: TestHost;
  beforeEach(async () => {
    host = await createTestHost();
  });
  afterEach(async () => {
    await host.dispose();
  });

  it.each(cuts)('is asked again, not believed: $name', async ({ send }) => {
    const server = await serve((_request, response) => send(response, whole, thrift));
    const scheduler = { ...host.config.scheduler, httpPort: Number(new URL(server.url).port) };
    const agent = await startAgentHere({ ...host, config: { ...host.config, scheduler } });

    const answer = await agent.client.scheduler.listBackups().catch((error: unknown) => error);

    await agent.close();
    expect(answer).toMatchObject({
      code: expect.stringMatching(/^(agent-unreachable|rpc-(connection-broken|truncated|timeout))$/),
    });
    expect(server.seen).toHaveLength(1);
  });

  it('may take as long as it likes, while something comes', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': thrift });
      void trickle(response, whole, { clock, pieces: 8, everyMs: 20_000 });
    });
    const { hostname, port } = new URL(server.url);

    const { body } = await relayCall(
      { host: hostname, port: Number(port), credentials: null, timeoutMs: silenceMs, clock },
      {
        contentType: thrift,
        accept: undefined,
        acceptEncoding: undefined,
        body: Buffer.from('[1,"listBackups",1,1,{}]'),
      },
    );

    expect(Buffer.concat(await Array.fromAsync(body))).toEqual(whole);
    expect(clock.now()).toBeGreaterThan(4 * silenceMs);
  });
});

describe('an agent', () => {
  const listing = Buffer.from(JSON.stringify({ backups: [] }, null, 40));

  it.each(cuts)('that cuts an answer is one that does not answer: $name', async ({ send }) => {
    const server = await serve((_request, response) => send(response, listing, json));

    await expect(clientOf(server).listBackups()).rejects.toMatchObject({ code: 'agent-unreachable' });
  });

  it.each(cuts)('that cuts a list of tasks is one that does not answer: $name', async ({ send }) => {
    const server = await serve((_request, response) => send(response, lines, ndjson));

    const tasks = Array.fromAsync(clientOf(server).readBackupTasks(backupName));

    await expect(tasks).rejects.toMatchObject({ code: 'agent-unreachable' });
  });

  it('may take as long as it likes, while something comes', async () => {
    const clock = new WatchedClock(0);
    const server = await serve(({ url }, response) => {
      const tasks = url.endsWith('/tasks');
      response.writeHead(200, { 'Content-Type': tasks ? ndjson : json });
      void trickle(response, tasks ? lines : listing, { clock, pieces: 8, everyMs: 20_000 });
    });
    const client = clientOf(server, clock);

    expect(await client.listBackups()).toEqual([]);
    expect(await client.listKnownBackups()).toEqual({ files: [], reading: [] });
    expect(await Array.fromAsync(client.readBackupTasks(backupName))).toHaveLength(6);
    expect(clock.now()).toBeGreaterThan(8 * silenceMs);
  });

  it('that falls silent in the middle of a list of tasks is one that does not answer', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': ndjson });
      const some = lines.subarray(0, 200);
      void trickle(response, some, { clock, pieces: 2, everyMs: 10_000, ends: false }).then(() =>
        clock.passes(silenceMs),
      );
    });

    const tasks = Array.fromAsync(clientOf(server, clock).readBackupTasks(backupName));

    await expect(tasks).rejects.toMatchObject({
      code: 'agent-unreachable',
      message: expect.stringMatching(/nothing came for 30 s/),
    });
  });

  it('is not silent while whoever reads its tasks is busy with some', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'Content-Type': ndjson }).end(lines),
    );
    let read = 0;

    for await (const _task of clientOf(server, clock).readBackupTasks(backupName)) {
      read += 1;
      await clock.passes(2 * silenceMs);
    }

    expect(read).toBe(6);
  });
});

describe('bytes on their way to an agent', () => {
  const upload = (bytes: AsyncIterable<Uint8Array>) => ({
    restoreId: 'R1',
    name: backupName,
    sha256: 'ab'.repeat(32),
    bytes,
  });

  it('break off with what is wrong with the host that they come from', async () => {
    const server = await serve((_request, response) => response.writeHead(204).end());
    const lost = new AuroraError({ code: 'agent-unreachable', message: 'aurora-2 is away.', hint: 'Look.' });
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('half'));
      throw lost;
    }

    await expect(clientOf(server).uploadBackup(upload(source()))).rejects.toBe(lost);
  });

  it('are not the silence of the agent while nothing is there to send', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => response.writeHead(204).end());
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const part of ['one', 'two', 'three']) {
        await clock.passes(2 * silenceMs);
        yield Buffer.from(part);
      }
    }

    await clientOf(server, clock).uploadBackup(upload(source()));

    expect(server.seen[0]?.body.toString()).toBe('onetwothree');
  });

  it('are given up when the agent says nothing to them', async () => {
    const clock = new WatchedClock(0);
    const server = await serve(() => void clock.passes(silenceMs));
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('all'));
    }

    const sent = clientOf(server, clock).uploadBackup(upload(source()));

    await expect(sent).rejects.toMatchObject({ code: 'agent-unreachable' });
  });
});

describe('an answer that is too long', () => {
  const mib = 1024 ** 2;
  /** Sends until nobody listens, and says how many bytes went out. */
  const endless = async (type: string, begins: string) => {
    const sent = { bytes: 0 };
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': type }).write(begins);
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && sent.bytes < 64 * mib) {
          sent.bytes += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    return { client: clientOf(server), sent };
  };
  const tooLong = { code: 'agent-garbled', message: expect.stringContaining('aurora-1') };

  it.each<[string, (client: HostAgent) => Promise<unknown>, number]>([
    ['status', (client) => client.readStatus(), mib],
    ['list of backups', (client) => client.listBackups(), 8 * mib],
    ['list of what is known', (client) => client.listKnownBackups(), 8 * mib],
    ['report on a backup', (client) => client.inspectBackup(backupName), mib],
    ['state of an operation', (client) => client.readOperation('R1-operation'), mib],
  ])('is not read to its end, and names its host: a %s', async (_what, ask, bytesMax) => {
    const { client, sent } = await endless(json, '{"host":"aurora-1"');

    await expect(ask(client)).rejects.toMatchObject({
      ...tooLong,
      message: `The agent of aurora-1 answered with more than ${bytesMax} bytes; the rest was not read.`,
    });

    expect(sent.bytes).toBeLessThan(bytesMax + 8 * mib);
  });

  it('is not read to its end either when the scheduler behind its agent is said to give it', async () => {
    const { client, sent } = await endless(thrift, '[');

    await expect(client.scheduler.listBackups()).rejects.toMatchObject({ code: 'agent-garbled' });

    expect(sent.bytes).toBeLessThan(24 * mib);
  });

  it('is not read at all when it says so itself', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'Content-Type': json, 'Content-Length': 250_000_000 }).write('{'),
    );

    await expect(clientOf(server).readStatus()).rejects.toMatchObject(tooLong);
  });

  it('may be a refusal, of the agent or of its relay', async () => {
    const error = { code: 'x', message: 'x'.repeat(200_000), hint: 'x', details: {} };
    const server = await serve((_request, response) =>
      response.writeHead(403, { 'Content-Type': json }).end(JSON.stringify({ error })),
    );
    const { readStatus, scheduler } = clientOf(server);

    await expect(readStatus()).rejects.toMatchObject(tooLong);
    await expect(scheduler.listBackups()).rejects.toMatchObject(tooLong);
  });

  it.each([200, 403])('or too deep, with HTTP %i', async (status) => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const error = { code: 'x', message: 'x', hint: 'x', details: { deep: 0 } };
    const body = JSON.stringify({ error }).replace('"deep":0', `"deep":${deep}`);
    const server = await serve((_request, response) =>
      response.writeHead(status, { 'Content-Type': json }).end(body),
    );

    const { readStatus, scheduler } = clientOf(server);

    await expect(readStatus()).rejects.toMatchObject({
      code: 'agent-garbled',
      details: { host: 'aurora-1' },
    });
    await expect(scheduler.listBackups()).rejects.toMatchObject({ code: 'agent-garbled' });
  });

  it('or endlessly slow: a status is given up however steadily it comes', async () => {
    const clock = new WatchedClock(0);
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': json });
      void trickle(response, Buffer.alloc(100, ' '), { clock, pieces: 50, everyMs: 20_000 });
    });

    await expect(clientOf(server, clock).readStatus()).rejects.toMatchObject({
      code: 'agent-unreachable',
      message: expect.stringMatching(/had not ended after 60 s/),
    });
  });
});
