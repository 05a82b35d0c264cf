/** What every request passes, whatever it asks for: who, how often, how slowly; and its line in the audit log. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { readAudit } from './support/audit-lines.ts';
import {
  backupFixture,
  createTestHost,
  backupName as name,
  type TestHost,
  until,
} from './support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
beforeEach(async () => {
  host = await createTestHost();
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

const start = async (bounds: Partial<TestHost['config']['bounds']> = {}): Promise<void> => {
  agent = await startAgentHere(host, { bounds });
};
const audited = () => readAudit(host.path('state'));
const bytes = readFileSync(backupFixture);
const upload = (
  content: Buffer,
  restoreId = 'R1',
  sha256 = createHash('sha256').update(content).digest('hex'),
) =>
  agent.client.uploadBackup({
    restoreId,
    name,
    sha256,
    bytes: (async function* () {
      yield content;
    })(),
  });
/** Everything that comes back over a connection that sends this and waits. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(agent.url);
    const socket = connect({ host: hostname, port: Number(port) });
    let heard = '';
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
    socket.write(text);
  });

describe('the audit log has a line', () => {
  test.each<[string, () => Promise<unknown>, object]>([
    [
      'for a read',
      () => fetch(`${agent.url}/healthz`),
      { decision: 'granted', request: 'GET /healthz', status: 200 },
    ],
    [
      'for a path that is none',
      () => fetch(`${agent.url}/etc/passwd`),
      { decision: 'refused', rule: 'no-such-path', request: 'GET /etc/passwd', status: 404 },
    ],
    [
      'for a backup that is not there',
      () => fetch(`${agent.url}/v1/backups/scheduler-backup-2000-01-01-00-00`),
      { decision: 'refused', rule: 'backup-missing' },
    ],
    [
      'for a read that failed',
      async () => {
        await writeFile(host.path('flags'), 'what\n');
        return await fetch(`${agent.url}/v1/status`);
      },
      { decision: 'failed', rule: 'flags-not-understood', status: 500 },
    ],
    ['for bytes that are not HTTP', () => raw('HELLO\r\n\r\n'), { decision: 'refused', rule: 'malformed' }],
  ])('%s', async (_what, ask, line) => {
    await start();

    await ask();

    await until(async () => (await audited()).some((entry) => entry.decision !== undefined), 'it is written');
    expect(await audited()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...line, ...('request' in line ? { from: '127.0.0.1' } : {}) }),
      ]),
    );
  });

  test('for a client that went away before its answer', async () => {
    await start();
    const gone = new AbortController();
    const asked = fetch(`${agent.url}/v1/uploads/R1/${name}?sha256=${'ab'.repeat(32)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('x')) }),
      duplex: 'half',
      signal: gone.signal,
    } as RequestInit).catch((error: unknown) => error);
    await until(async () => (await readdir(host.path('state'))).includes('incoming'), 'the upload begins');

    gone.abort();

    await asked;
    await until(async () => (await audited()).some(({ rule }) => rule === 'aborted'), 'it is written');
  });
});

describe('without TLS', () => {
  test.each([
    'evil.example',
    'evil.example:9090',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '10.0.0.5',
  ])('a request for %s, as a page in a browser would send it, is refused', async (named) => {
    await start();

    const answer = await raw(`GET /v1/status HTTP/1.1\r\nHost: ${named}\r\nConnection: close\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('host-refused');
  });

  test.each(['127.0.0.1', '127.1.2.3:80', 'localhost:8', '[::1]:9090'])(
    'one for %s is answered',
    async (named) => {
      await start();

      const answer = await raw(`GET /healthz HTTP/1.1\r\nHost: ${named}\r\nConnection: close\r\n\r\n`);

      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    },
  );
});

describe('one client', () => {
  test('that asks too often is refused, and heard again later', async () => {
    await start({ requestsPerSecond: 2, requestsBurst: 3 });
    const ask = () => fetch(`${agent.url}/healthz`).then(({ status }) => status);

    const statuses = [await ask(), await ask(), await ask(), await ask(), await ask()];

    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(statuses).toContain(429);
    await until(async () => (await ask()) === 200, 'it is heard again');
    expect((await audited()).some(({ rule }) => rule === 'too-many-requests')).toBe(true);
  });

  test('that sends its body too slowly is told so and cut off', async () => {
    await start({ bodyMs: 100 });

    const answer = await raw(
      'POST /v1/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );

    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('body-too-slow');
    expect((await audited()).at(-1)).toMatchObject({
      decision: 'refused',
      rule: 'body-too-slow',
      status: 408,
    });
  });
});

describe('an upload', () => {
  test('that falls silent is refused and leaves nothing', async () => {
    await start({ bodyMs: 100 });

    const answer = await raw(
      `PUT /v1/uploads/R1/${name}?sha256=${'ab'.repeat(32)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 100\r\n\r\nx`,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect(await readdir(host.path('state', 'incoming'))).toEqual([]);
  });

  test('is not taken when too much was brought and not taken', async () => {
    await start({ incomingBytes: 3 * 1_000 });
    await upload(Buffer.alloc(2_000, 'a'));

    await expect(upload(Buffer.alloc(2_000, 'b'), 'R2')).rejects.toMatchObject({ code: 'uploads-full' });

    expect(await readdir(host.path('state', 'incoming'))).toEqual(['R1']);
  });

  test('finds room again when what nobody took for a day is gone', async () => {
    await start({ incomingBytes: 3 * 1_000 });
    await upload(Buffer.alloc(2_000, 'a'));
    const [old = ''] = await readdir(host.path('state', 'incoming', 'R1'));
    await utimes(host.path('state', 'incoming', 'R1', old), 1, 1);

    await upload(Buffer.alloc(2_000, 'b'), 'R2');

    expect(await readdir(host.path('state', 'incoming', 'R1'))).toEqual([]);
    expect(await readdir(host.path('state', 'incoming', 'R2'))).toHaveLength(1);
  });

  test('is gone from there when it is held', async () => {
    await start();
    await upload(bytes, 'R1', host.backupSha256);

    const received = await agent.client.perform(
      host.request('receive-backup', { name, sha256: host.backupSha256 }),
    );

    expect(received).toMatchObject({ state: 'done' });
    expect(await readdir(host.path('state', 'incoming', 'R1'))).toEqual([]);
    expect(await readdir(host.path('state', 'held', 'R1'))).toEqual([name]);
  });
});

describe('operations of this host', () => {
  test('that are not allowed are refused, whoever has signed', async () => {
    host = { ...host, config: { ...host.config, operations: ['block-traffic'] } };
    await start();

    const allowed = await agent.client.perform(host.request('block-traffic', {}));
    const refused = agent.client.perform(host.request('set-aside-log', {}));

    expect(allowed).toMatchObject({ state: 'done' });
    await expect(refused).rejects.toMatchObject({ code: 'grant-refused', details: { rule: 'not-allowed' } });
    await expect(upload(bytes)).rejects.toMatchObject({ details: { rule: 'not-allowed' } });
  });
});
