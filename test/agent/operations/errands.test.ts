import { copyFile, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listHeldCopies } from '../../../src/agent/held-copies.ts';
import { listLeftBehind } from '../../../src/agent/left-behind.ts';
import { backUpNow } from '../../../src/agent/operations/back-up-now.ts';
import { holdCopy } from '../../../src/agent/operations/hold-copy.ts';
import type { OperationContext } from '../../../src/agent/operations/operation.ts';
import { releaseCopy } from '../../../src/agent/operations/release-copy.ts';
import { holdErrand } from '../../../src/aurora/errands.ts';
import { startAgentHere } from '../support/agent-in-process.ts';
import { contextOn } from '../support/operation-context.ts';
import { backupFixture, createTestHost, backupName as name, type TestHost } from '../support/test-host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await createTestHost();
});
afterEach(() => host.dispose());

const day = 24 * 3_600_000;

/** The clock stands at `at`, and sleeping moves it. */
function standing(
  context: OperationContext,
  at: number,
): OperationContext & { readonly slept: () => number } {
  let now = at;
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    return Promise.resolve();
  };
  return { ...context, clock: { now: () => now, sleep }, slept: () => now - at };
}

describe('hold-copy and release-copy', () => {
  const params = () => ({ name, sha256: host.backupSha256, by: 'Ana', why: 'before the migration' });
  const context = (at = 1_000) => standing(contextOn(host, holdErrand(host.backupSha256)), at);

  test('keep a copy that rotation does not reach, with who and why; letting it go moves it aside', async () => {
    const held = await holdCopy.run(context(), params());
    await rm(host.path('backups', name));

    expect(await readFile(held.evidence.path)).toEqual(await readFile(backupFixture));
    expect(await listHeldCopies(host.path('state'))).toEqual([
      { ...params(), bytes: held.evidence.bytes, atMs: 1_000 },
    ]);

    const { evidence } = await releaseCopy.run(context(2_000), { sha256: host.backupSha256 });

    expect(await listHeldCopies(host.path('state'))).toEqual([]);
    expect(await readdir(evidence.movedTo ?? '')).toContain(name);
    expect((await releaseCopy.observe(context(), { sha256: host.backupSha256 })).state).toBe('done');
  });

  test('what was let go is never removed, however long ago', async () => {
    const errand = holdErrand(host.backupSha256);
    for (const at of [1_000, 1_000 * day]) {
      await holdCopy.run(context(at), params());
      await releaseCopy.run(context(at), { sha256: host.backupSha256 });
    }

    const released = await readdir(host.path('state', 'released'), { recursive: true });
    expect(released.filter((path) => path.endsWith(name)).sort()).toEqual([
      `${errand}.1000/${name}`,
      `${errand}.${1_000 * day}/${name}`,
    ]);
  });

  test('a copy that was not finished is not there, and is finished when it is asked for again', async () => {
    const { evidence } = await holdCopy.run(context(), params());
    await rm(evidence.path.replace(name, 'note.json'));

    expect(await listHeldCopies(host.path('state'))).toEqual([]);
    expect((await holdCopy.observe(context(), params())).state).toBe('not-done');
    await holdCopy.run(context(), params());
    expect(await listHeldCopies(host.path('state'))).toHaveLength(1);
  });

  test('another content than was meant is not kept, nor one under the name of another errand', async () => {
    const other = { ...params(), sha256: 'ab'.repeat(32) };
    const elsewhere = contextOn(host, holdErrand(other.sha256));

    await expect(holdCopy.run(elsewhere, other)).rejects.toMatchObject({ code: 'backup-changed' });
    await expect(holdCopy.observe(contextOn(host, 'R1'), params())).rejects.toMatchObject({
      code: 'bad-name',
    });
    expect(await listHeldCopies(host.path('state'))).toEqual([]);
  });

  test('are nothing that a restore has left behind', async () => {
    await holdCopy.run(context(), params());

    expect(await listLeftBehind(host.config.paths)).toEqual([]);
  });
});

describe('an errand, over HTTP', () => {
  test('is held for anybody, let go by one approver only, and is not the last grant of a restore', async () => {
    const agent = await startAgentHere(host);
    try {
      const restoreId = holdErrand(host.backupSha256);
      const { client } = agent;
      const sha256 = host.backupSha256;
      const hold = host.request(
        'hold-copy',
        { name, sha256, by: 'Ana', why: 'kept' },
        { restoreId, signers: [] },
      );
      const unsigned = host.request('release-copy', { sha256 }, { restoreId });
      const signers = [{ person: 'T1:U2', gate: 'errand', at: Date.now() }];

      expect(await client.perform(hold)).toMatchObject({ state: 'done', changed: true });
      expect(await client.listHeldCopies()).toMatchObject([{ sha256, by: 'Ana', why: 'kept' }]);
      await expect(client.perform(unsigned)).rejects.toMatchObject({ details: { rule: 'signers' } });
      expect(
        await client.perform(host.request('release-copy', { sha256 }, { restoreId, signers })),
      ).toMatchObject({
        state: 'done',
        changed: true,
      });
      expect((await client.readStatus()).lastGrant).toBeNull();
    } finally {
      await agent.close();
    }
  });
});

describe('back-up-now', () => {
  let pages: Record<string, string>;
  let close: () => Promise<void>;
  let port: number;
  const at = Date.parse('2026-11-23T18:05:10Z');
  const fresh = 'scheduler-backup-2026-11-23-18-05';

  beforeEach(async () => {
    pages = { '/leaderhealth': 'OK', '/vars.json': '{"framework_registered":1,"task_store_RUNNING":7}' };
    const server = createServer(({ url = '' }, response) => {
      response.statusCode = pages[url] === undefined ? 503 : 200;
      response.end(pages[url]);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    close = () => new Promise((resolve) => server.close(() => resolve()));
  });
  afterEach(() => close());

  /** What the scheduler answers, and what it writes. */
  function asked(performs: () => Promise<unknown>, answer: 'ok' | 'error' | 'no-reply' = 'ok', now = at) {
    const context = contextOn(host, 'errand-now');
    let calls = 0;
    return {
      calls: () => calls,
      ...standing(
        {
          ...context,
          config: {
            ...context.config,
            scheduler: { ...context.config.scheduler, httpAddress: '127.0.0.1', httpPort: port },
          },
          reader: { ...context.reader, isStorageReady: () => Promise.resolve(true) },
          scheduler: {
            ...context.scheduler,
            performBackup: async () => {
              calls += 1;
              await performs();
              return { answer, messages: answer === 'error' ? ['Storage is on fire'] : [], ms: 5 };
            },
          },
        },
        now,
      ),
    };
  }
  const writes = (file = fresh) => copyFile(backupFixture, host.path('backups', file));

  test.each(['ok', 'no-reply'] as const)(
    'is proven by what appeared, when the answer is %s',
    async (answer) => {
      const { evidence } = await backUpNow.run(
        asked(() => writes(), answer),
        {},
      );

      expect(evidence).toMatchObject({ name: fresh, sha256: host.backupSha256, tasks: expect.any(Number) });
    },
  );

  test('OK without a file is not a backup', async () => {
    await expect(
      backUpNow.run(
        asked(() => Promise.resolve()),
        {},
      ),
    ).rejects.toMatchObject({
      code: 'backup-not-proven',
      message: expect.stringContaining('no new file has appeared'),
    });
  });

  test('OK with a file that is cut is not a backup', async () => {
    const cut = (await readFile(backupFixture)).subarray(0, 900);

    await expect(
      backUpNow.run(
        asked(() => writeFile(host.path('backups', fresh), cut)),
        {},
      ),
    ).rejects.toMatchObject({ code: 'backup-not-proven', message: expect.stringContaining('is broken') });
  });

  test.each([
    ['it does not lead', () => delete pages['/leaderhealth'], 'does not lead'],
    ['it has not registered', () => (pages['/vars.json'] = '{"task_store_RUNNING":7}'), 'does not lead'],
    [
      'it has no tasks',
      () => (pages['/vars.json'] = '{"framework_registered":1,"task_store_RUNNING":0}'),
      'has no tasks',
    ],
  ])('is not asked for while %s', async (_what, change, says) => {
    change();
    const context = asked(() => writes());

    await expect(backUpNow.run(context, {})).rejects.toMatchObject({
      message: expect.stringContaining(says),
    });
    expect(context.calls()).toBe(0);
  });

  test('is not asked for while its storage is not READY', async () => {
    const context = asked(() => writes());
    const reader = { ...context.reader, isStorageReady: () => Promise.resolve(false) };

    await expect(backUpNow.run({ ...context, reader }, {})).rejects.toMatchObject({ code: 'not-backed-up' });
    expect(context.calls()).toBe(0);
  });

  test('waits for a minute of which there is no file in any time zone, so that none is overwritten', async () => {
    const taken = 'scheduler-backup-2026-11-23-23-35';
    await writes(taken);
    const then = await readFile(host.path('backups', taken));
    const context = asked(() => writes('scheduler-backup-2026-11-23-23-36'));

    const { evidence } = await backUpNow.run(context, {});

    expect(context.slept()).toBeGreaterThanOrEqual(50_000);
    expect(evidence.name).toBe('scheduler-backup-2026-11-23-23-36');
    expect(await readFile(host.path('backups', taken))).toEqual(then);
  });

  test('is given up when every minute is taken', async () => {
    for (let minute = 4; minute < 14; minute += 1) {
      const taken = host.path('backups', `scheduler-backup-2026-11-23-18-${String(minute).padStart(2, '0')}`);
      await copyFile(backupFixture, taken);
      await utimes(taken, 1, 1);
    }
    const context = asked(() => Promise.resolve());

    await expect(backUpNow.run(context, {})).rejects.toMatchObject({ code: 'minute-taken' });
    expect(context.calls()).toBe(0);
  });

  test('a refusal is told in its own words', async () => {
    await expect(
      backUpNow.run(
        asked(() => Promise.resolve(), 'error'),
        {},
      ),
    ).rejects.toMatchObject({
      code: 'not-backed-up',
      message: expect.stringContaining('Storage is on fire'),
    });
  });

  test('after a crash nobody can tell whether it was asked for', async () => {
    const observed = await backUpNow.observe({ ...asked(() => writes()), interrupted: true }, {});

    expect(observed.state).toBe('unknown');
  });
});
