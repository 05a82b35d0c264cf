import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operationTable } from '../../src/agent/operations/table.ts';
import type { OperationRequest } from '../../src/aurora/operations.ts';
import { type AgentInProcess, startAgentHere } from './support/agent-in-process.ts';
import { readAudit } from './support/audit-lines.ts';
import { createTestHost, backupName as name, type TestHost, until } from './support/test-host.ts';

let host: TestHost;
let agent: AgentInProcess;
beforeEach(async () => {
  host = await createTestHost();
  agent = await startAgentHere(host);
});
afterEach(async () => {
  await agent.close();
  await host.dispose();
});

/** Of requests that would change the host. */
const auditLines = async () =>
  (await readAudit(host.path('state'))).filter(
    ({ request }) => request?.startsWith('POST /v1/operations') === true,
  );
const backup = () => ({ name, sha256: host.backupSha256 });

describe('an operation', () => {
  test('is done once, and the same id gets the first answer again', async () => {
    const request = host.request('block-traffic', {});

    const first = await agent.client.perform(request);
    const again = await agent.client.perform(request);
    const later = await agent.client.readOperation(request.operationId);

    expect(first).toMatchObject({ state: 'done', changed: true, evidence: {} });
    expect(again).toEqual(first);
    expect(later).toEqual(first);
    expect(await host.effects()).toEqual([`${request.operationId} block`]);
    expect((await auditLines()).map(({ decision }) => decision)).toEqual(['granted', 'answered-again']);
  });

  test('that finds the host as asked says that it changed nothing', async () => {
    await agent.client.perform(host.request('block-traffic', {}));

    const second = await agent.client.perform(host.request('block-traffic', {}));

    expect(second).toMatchObject({ state: 'done', changed: false });
    expect(await host.effects()).toHaveLength(1);
  });

  test('asked for many times at once is done once', async () => {
    const request = host.request('block-traffic', {});

    const answers = await Promise.all(Array.from({ length: 8 }, () => agent.client.perform(request)));

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await host.effects()).toHaveLength(1);
  });

  test('that fails says why, and keeps that answer for its id', async () => {
    await agent.client.perform(host.request('start-scheduler', {}));
    const request = host.request('set-aside-log', {});

    const first = await agent.client.perform(request);
    await agent.client.perform(host.request('stop-scheduler', { graceMs: 10_000 }));
    const again = await agent.client.perform(request);

    expect(first).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/scheduler of this host runs/),
    });
    expect(again).toEqual(first);
    expect(await readdir(host.dir)).toContain('db');
  });

  test('never asked for is unknown', async () => {
    expect(await agent.client.readOperation('R1.never.1')).toBeNull();
  });

  test('of a restore that goes all the way leaves the host as it says', async () => {
    const { client } = agent;
    await client.perform(host.request('start-scheduler', {}));

    const held = await client.perform(host.request('hold-backup', backup()));
    const stopped = await client.perform(host.request('stop-scheduler', { graceMs: 10_000 }));
    const aside = await client.perform(host.request('set-aside-log', {}));
    const blank = await client.perform(host.request('initialize-log', {}));
    const started = await client.perform(host.request('start-scheduler', {}));
    await until(async () => (await client.readStatus()).scheduler.httpPortOpen, 'the scheduler answers');
    const staged = await client.perform(host.request('stage-backup', { name }));
    const committed = await client.perform(host.request('commit-recovery', {}));
    const status = await client.readStatus();

    expect([held, stopped, aside, blank, started, staged, committed].map(({ state }) => state)).toEqual(
      Array.from({ length: 7 }, () => 'done'),
    );
    expect(committed).toMatchObject({ evidence: { answer: 'ok' } });
    expect(await host.calls()).toEqual(['stageRecovery', 'commitRecovery']);
    expect(status).toMatchObject({
      host: 'aurora-1',
      scheduler: {
        service: 'running',
        httpPortOpen: true,
        libprocessPortOpen: true,
        logLockHeld: true,
        restarts: null,
      },
      log: { exists: true, files: 5 },
      traffic: 'open',
      mesosLog: { present: true },
      disk: { backupsFreeBytes: expect.any(Number), heldFreeBytes: expect.any(Number) },
      paths: { log: { path: host.path('db'), movable: true }, backups: { path: host.path('backups') } },
      authentication: { credentials: false },
      grants: { clockSkewMs: 30_000, trustedKeys: [expect.stringMatching(/^MCow/)] },
      backupDir: { writable: true, files: 1 },
      vars: { jvm_uptime_secs: 5, scheduler_lifecycle_ACTIVE: 1 },
      leaderHealth: 502,
    });
    expect(JSON.stringify(status)).not.toContain('hunter2');
  });
});

describe('a refusal', () => {
  const untouched = async (): Promise<void> => {
    expect(await host.effects()).toEqual([]);
    expect(await readdir(host.dir)).toContain('db');
  };
  const refusal = (request: OperationRequest): Promise<unknown> =>
    agent.client.perform(request).then(
      (result) => result,
      (error: unknown) => error,
    );

  test.each<[string, (h: TestHost) => OperationRequest]>([
    ['host', (h) => h.request('set-aside-log', {}, { host: 'aurora-2' })],
    ['cluster', (h) => h.request('set-aside-log', {}, { cluster: 'west' })],
    [
      'expired',
      (h) =>
        h.request('set-aside-log', {}, { issuedAt: Date.now() - 200_000, expiresAt: Date.now() - 100_000 }),
    ],
    ['lifetime', (h) => h.request('set-aside-log', {}, { expiresAt: Date.now() + 3_600_000 })],
    [
      'signers',
      (h) => h.request('commit-recovery', {}, { signers: [{ person: 'T1:U1', gate: 'commit', at: 1 }] }),
    ],
    ['kind', (h) => ({ ...h.request('block-traffic', {}), kind: 'set-aside-log' })],
    ['operation', (h) => ({ ...h.request('set-aside-log', {}), operationId: 'R1.other.1' })],
    ['params', (h) => ({ ...h.request('stop-scheduler', { graceMs: 10_000 }), params: { graceMs: 0 } })],
    [
      'signature',
      (h) => {
        const request = h.request('set-aside-log', {}, { host: 'aurora-2' });
        const payload = { ...request.grant.payload, host: 'aurora-1' };
        return { ...request, grant: { ...request.grant, payload } };
      },
    ],
  ])('by the rule %s changes nothing and is in the audit log', async (rule, makeRequest) => {
    const request = makeRequest(host);

    const refused = await refusal(request);

    expect(refused).toMatchObject({ code: 'grant-refused', details: { rule } });
    expect(await auditLines()).toEqual([expect.objectContaining({ decision: 'refused', rule })]);
    expect(await agent.client.readOperation(request.operationId)).toBeNull();
    await untouched();
  });

  test('of an older fencing token outlives the agent', async () => {
    await agent.client.perform(host.request('unblock-traffic', {}, { fence: 5 }));
    await agent.close();
    agent = await startAgentHere(host);

    const refused = await refusal(host.request('set-aside-log', {}, { fence: 4 }));
    const granted = await agent.client.perform(host.request('unblock-traffic', {}, { fence: 5 }));

    expect(refused).toMatchObject({ code: 'grant-refused', details: { rule: 'fence' } });
    expect(granted.state).toBe('done');
    await untouched();
  });

  test('of a known id for something else', async () => {
    const operationId = 'R1.same.1';
    await agent.client.perform(host.request('unblock-traffic', {}, { operationId }));

    const otherKind = await refusal(host.request('set-aside-log', {}, { operationId }));
    const otherRestore = await refusal(host.request('unblock-traffic', {}, { operationId, restoreId: 'R2' }));

    expect(otherKind).toMatchObject({ details: { rule: 'id-reused' } });
    expect(otherRestore).toMatchObject({ details: { rule: 'id-reused' } });
    await untouched();
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'a path for a name',
      { kind: 'hold-backup', params: { name: '../../etc/passwd', sha256: '0'.repeat(64) } },
    ],
    ['an unknown kind', { kind: 'rm-rf', params: {} }],
    ['an unknown argument', { kind: 'set-aside-log', params: { path: '/' } }],
    ['an empty list of tasks', { kind: 'delete-staged-tasks', params: { taskIds: [] } }],
    ['a flag on two lines', { kind: 'set-flags', params: { flags: { a: '1\n-b=2' } } }],
    ['no grant', { kind: 'set-aside-log', params: {}, grant: undefined }],
  ])('of %s is a bad request with a sentence', async (_what, fields) => {
    const { grant } = host.request('set-aside-log', {});

    const response = await fetch(`${agent.url}/v1/operations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operationId: 'R1.bad.1', grant, ...fields }),
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'bad-request' } });
    expect(await auditLines()).toEqual([
      expect.objectContaining({ decision: 'refused', rule: 'bad-request' }),
    ]);
    await untouched();
  });

  test('that nobody signed is written down by its hash, and many of them together', async () => {
    const request = host.request('set-aside-log', {});
    const person = 'p'.repeat(500);
    const signers = Array.from({ length: 50 }, () => ({ person, gate: person, at: 0 }));
    const unsigned = {
      ...request,
      grant: { ...request.grant, payload: { ...request.grant.payload, signers } },
    };
    const body = JSON.stringify(unsigned);
    const headers = { 'content-type': 'application/json' };
    const ask = () => fetch(`${agent.url}/v1/operations`, { method: 'POST', headers, body });
    for (let number = 0; number < 100; number += 1) expect((await ask()).status).toBe(403);
    await agent.close();

    const lines = await readAudit(host.path('state'), 'refused');
    agent = await startAgentHere(host);

    expect(lines[0]).toMatchObject({
      rule: 'signature',
      client: null,
      operation: { operationId: request.operationId, kind: 'set-aside-log' },
      sha256: createHash('sha256').update(body).digest('hex'),
      size: body.length,
    });
    expect(lines.reduce((sum, { more = 0 }) => sum + 1 + more, 0)).toBe(100);
    expect(JSON.stringify(lines).length).toBeLessThan(50_000);
  });

  test('of a restore id with a path in it', async () => {
    const request = host.request('hold-backup', backup(), { restoreId: '../../x' });

    expect(await refusal(request)).toMatchObject({ code: 'bad-request' });
  });
});

describe('operations on one host', () => {
  test('run one after another', async () => {
    let running = 0;
    let atOnce = 0;
    await agent.close();
    agent = await startAgentHere(host, {
      operations: {
        ...operationTable,
        'hold-backup': {
          observe: () => Promise.resolve({ state: 'not-done' }),
          run: async () => {
            running += 1;
            atOnce = Math.max(atOnce, running);
            await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
            return { changed: true, evidence: { path: '', bytes: 0 } };
          },
        },
      },
    });

    const requests = Array.from({ length: 10 }, () => host.request('hold-backup', backup()));
    const results = await Promise.all(requests.map((request) => agent.client.perform(request)));

    expect(results.every(({ state }) => state === 'done')).toBe(true);
    expect(atOnce).toBe(1);
  });

  test('say running when they take longer than the answer may, and whoever asks again hears the end', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await agent.close();
    agent = await startAgentHere(host, {
      bounds: { answerMs: 1 },
      operations: {
        ...operationTable,
        'block-traffic': {
          observe: () => Promise.resolve({ state: 'not-done' }),
          run: async () => {
            await finished;
            return { changed: true, evidence: {} };
          },
        },
      },
    });
    const request = host.request('block-traffic', {});

    const result = await agent.client.perform(request);
    const known = await agent.client.readOperation(request.operationId);
    finish();
    await until(
      async () => (await agent.client.readOperation(request.operationId))?.state === 'done',
      'it ends',
    );

    expect(result).toEqual({ operationId: request.operationId, kind: 'block-traffic', state: 'running' });
    expect(known).toEqual(result);
    expect(await agent.client.perform(request)).toMatchObject({ state: 'done' });
  });

  test('refuse a waiting operation of a worker that was overtaken', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await agent.close();
    let begun = false;
    agent = await startAgentHere(host, {
      operations: {
        ...operationTable,
        'block-traffic': {
          observe: () => Promise.resolve({ state: 'not-done' }),
          run: async () => {
            begun = true;
            await finished;
            return { changed: true, evidence: {} };
          },
        },
      },
    });
    const [first, old, newer] = [
      host.request('block-traffic', {}, { fence: 1 }),
      host.request('set-aside-log', {}, { fence: 1 }),
      host.request('unblock-traffic', {}, { fence: 2 }),
    ];

    const firstResult = agent.client.perform(first);
    await until(() => Promise.resolve(begun), 'the first has begun');
    const oldResult = agent.client.perform(old);
    await until(
      async () => (await agent.client.readOperation(old.operationId)) !== null,
      'the old one waits',
    );
    const newerResult = agent.client.perform(newer);
    await until(
      async () => (await agent.client.readOperation(newer.operationId)) !== null,
      'the newer one waits',
    );
    finish();

    expect((await firstResult).state).toBe('done');
    expect(await oldResult).toMatchObject({ state: 'failed', message: expect.stringMatching(/took over/) });
    expect((await newerResult).state).toBe('done');
    expect(await readdir(host.dir)).toContain('db');
  });
});

test('a second agent of the same host does not start', async () => {
  await expect(startAgentHere(host)).rejects.toMatchObject({ code: 'agent-already-runs' });
});

test('the audit log names who signed', async () => {
  await agent.client.perform(host.request('unblock-traffic', {}));

  expect(await readFile(host.path('state', 'audit.jsonl'), 'utf8')).toContain(
    '"signers":["T1:U3","T1:U1","T1:U2"]',
  );
});
