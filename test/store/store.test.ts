import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AuroraError } from '../../src/aurora/errors.ts';
import { storedForm } from '../../src/aurora/stored-form.ts';
import { chainHash } from '../../src/store/journal.ts';
import { openSqliteStore, type Store } from '../../src/store/store.ts';

const note = z.object({ type: z.string(), n: z.number().exactOptional() });
type Note = z.infer<typeof note>;
const form = storedForm<Note>(1, note);

let directory: string;
let store: Store<Note>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aurora-store-'));
  store = await openSqliteStore(join(directory, 'bot.sqlite'), form);
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const codeOf = (error: unknown): string => (error instanceof AuroraError ? error.code : String(error));
const refusal = (work: Promise<unknown>): Promise<string> => work.then(() => 'accepted', codeOf);

describe('journal', () => {
  it('chains every record to the one before it, and reads back what was written', async () => {
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: { type: 'first' } });
    await store.append({
      restoreId: 'R1',
      expectedSeq: 1,
      at: 2,
      events: [{ type: 'second', n: 2 }, { type: 'third' }],
    });

    const records = await store.read('R1');

    expect(records.map((record) => [record.seq, record.event.type])).toEqual([
      [1, 'first'],
      [2, 'second'],
      [3, 'third'],
    ]);
    let previous = '';
    for (const { restoreId, seq, at, event, hash } of records) {
      expect(hash).toBe(chainHash(previous, { restoreId, seq, at, event }));
      previous = hash;
    }
  });

  it('refuses an append that was decided on an older state, and writes none of it', async () => {
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: { type: 'first' } });
    await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [{ type: 'second' }] });

    const late = await refusal(
      store.append({ restoreId: 'R1', expectedSeq: 1, at: 3, events: [{ type: 'x' }, { type: 'y' }] }),
    );

    expect(late).toBe('journal-moved');
    expect((await store.read('R1')).length).toBe(2);
  });

  it('lets one restore a cluster be open, also when two are opened at once', async () => {
    const both = await Promise.all([
      refusal(store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: { type: 'first' } })),
      refusal(store.open({ restoreId: 'R2', cluster: 'east', at: 1, event: { type: 'first' } })),
    ]);
    const other = await refusal(
      store.open({ restoreId: 'R3', cluster: 'west', at: 1, event: { type: 'first' } }),
    );

    expect(both.sort()).toEqual(['accepted', 'cluster-busy']);
    expect(other).toBe('accepted');
  });

  it('frees the cluster with the event that ends the restore', async () => {
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: { type: 'first' } });
    await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [{ type: 'ended' }], ends: true });

    const next = await refusal(
      store.open({ restoreId: 'R2', cluster: 'east', at: 3, event: { type: 'first' } }),
    );

    expect(next).toBe('accepted');
    expect((await store.listRestores({ open: true })).map((restore) => restore.restoreId)).toEqual(['R2']);
  });

  it('never gives a restore name twice', async () => {
    const names = await Promise.all(Array.from({ length: 20 }, () => store.nextRestoreId()));

    expect(new Set(names).size).toBe(20);
  });
});

describe('leases', () => {
  it('refuses the write of a worker whose lease was taken over', async () => {
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: { type: 'first' } });
    const old = await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 100, now: 0 });
    const taken = await store.acquire({ cluster: 'east', owner: 'b', ttlMs: 100, now: 101 });
    if (old === null || taken === null) throw new Error('both should have been given');

    const late = await refusal(
      store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [{ type: 'x' }], lease: old }),
    );

    expect(late).toBe('lease-lost');
    expect(taken.fence).toBeGreaterThan(old.fence);
    expect(await store.renew(old, { ttlMs: 100, now: 102 })).toBe(false);
  });

  it('does not give a living lease to somebody else, and gives its owner a new fence at once', async () => {
    const first = await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 100, now: 0 });

    const stranger = await store.acquire({ cluster: 'east', owner: 'b', ttlMs: 100, now: 50 });
    const again = await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 100, now: 50 });

    expect(stranger).toBeNull();
    expect(again?.fence).toBe((first?.fence ?? 0) + 1);
  });
});

describe('inbox', () => {
  it('claims a delivery once', async () => {
    const claims = await Promise.all([store.claim('k', 1), store.claim('k', 2), store.claim('other', 3)]);

    expect(claims).toEqual([true, false, true]);
  });
});

describe('durability', () => {
  it('keeps every acknowledged append through kill -9', async () => {
    const path = join(directory, 'killed.sqlite');
    const program = `
      import { openSqliteStore } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)};
      const store = await openSqliteStore(${JSON.stringify(path)}, { version: 1, parse: (stored) => stored });
      await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: { type: 'first' } });
      for (let seq = 1; ; seq += 1) {
        await store.append({ restoreId: 'R1', expectedSeq: seq, at: seq, events: [{ type: 'n', n: seq }] });
        process.stdout.write(seq + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      acknowledged = Number(chunk.toString().trim().split('\n').at(-1));
      if (acknowledged > 50) child.kill('SIGKILL');
    });
    await once(child, 'close');

    const reopened = await openSqliteStore(path, form);
    const records = await reopened.read('R1');
    await reopened.close();

    expect(records.length).toBeGreaterThanOrEqual(acknowledged + 1);
    expect(new DatabaseSync(path).prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });
});
