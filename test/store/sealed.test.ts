/** From a database without a key to one with it: once, and never again. */
import { createHash } from 'node:crypto';
import { copyFile, unlink } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { describe, expect, it } from 'vitest';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { chainHash } from '../../src/store/chain-hash.ts';
import { journalKeyFrom } from '../../src/store/journal-key.ts';
import { migrations } from '../../src/store/migrations.ts';
import { openSqlite } from '../../src/store/sqlite-dialect.ts';
import { openSqliteReader, openSqliteStore, rekeySqliteStore } from '../../src/store/store.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';

const expired: RestoreEvent = { type: 'gate-expired', gate: 'stop' };
const emptyList = '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945';
const card = { key: 'R1:card', restoreId: 'R1', channel: 'C1', ts: '1.1', contentSha256: 'aa' };

/** Mid-restore, as a bot of an earlier version left it: tables as of then, nothing with a MAC. */
async function ofBefore(
  path: string,
  { tables = '003-versions', events = [proposed(), stopGate()] } = {},
): Promise<void> {
  const db = new Kysely({ dialect: openSqlite(path) });
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  await new Migrator({ db, provider }).migrateTo(tables);
  await db.destroy();
  const old = new DatabaseSync(path);
  old.exec(`INSERT INTO restores VALUES ('R1', 'east', 1, 1);
    INSERT INTO documents (restore_id, name, body, sha256) VALUES ('R1', 'list', '[]', '${emptyList}');
    INSERT INTO posts VALUES ('R1:card', 'R1', 'C1', '1.1', 'aa');
    INSERT INTO cursors VALUES ('R1', 2);
    INSERT INTO counters VALUES ('restore', 1);`);
  let hash = '';
  const insert = old.prepare(
    `INSERT INTO events (restore_id, seq, at, body, hash) VALUES ('R1', ?, 1, ?, ?)`,
  );
  for (const [index, event] of events.entries()) {
    const seq = index + 1;
    hash = chainHash(hash, { restoreId: 'R1', seq, at: 1, event });
    insert.run(seq, JSON.stringify(event), hash);
  }
  old.close();
}

describe('a restore that began before there was a key', () => {
  it.each(['002-outbox', '003-versions'])(
    'goes on after it, and says from where it is keyed: %s',
    async (tables) => {
      const path = await newDatabase();
      await ofBefore(path, { tables });
      const before = await openSqliteReader(path, { form: eventForm, key: testKey });
      expect(before.keyed).toBe(false);
      expect(await before.read('R1')).toHaveLength(2);
      await before.close();

      const store = await openStore(path);
      await store.append({ restoreId: 'R1', expectedSeq: 2, at: 2, events: [expired] });

      expect((await store.read('R1')).map(({ event }) => event)).toEqual([proposed(), stopGate(), expired]);
      expect(await store.keyedFrom('R1')).toBe(3);
      expect(await store.load('R1', 'list')).toEqual({ text: '[]', version: 1 });
      expect(await store.findPost('R1:card')).toEqual(card);
      expect(await store.readCursor('R1')).toBe(2);
      expect(await store.nextRestoreId()).toBe('R2');
      await store.open({ restoreId: 'R2', cluster: 'west', at: 2, event: proposed() });
      expect(await store.keyedFrom('R2')).toBe(1);
    },
  );

  it('is broken from where its hashes do not follow', async () => {
    const path = await newDatabase();
    await ofBefore(path);
    new DatabaseSync(path).exec(`UPDATE events SET hash = 'not a hash at all' WHERE seq = 2`);

    const store = await openStore(path);

    await expect(store.read('R1')).rejects.toMatchObject({
      code: 'journal-broken',
      details: { seq: 2 },
      readable: [{ seq: 1 }],
    });
  });
});

it('what a bot of before has kept whole is read, and lies compressed once it is kept again', async () => {
  const path = await newDatabase();
  const db = new Kysely<unknown>({ dialect: openSqlite(path) });
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  await new Migrator({ db, provider }).migrateTo('004-keyed');
  await db.destroy();
  const text = JSON.stringify(Array.from({ length: 1_000 }, (_, index) => `task-${index}`));
  const sha256 = createHash('sha256').update(text).digest('hex');
  const old = new DatabaseSync(path);
  old
    .prepare('INSERT INTO documents (restore_id, name, body, sha256, version, mac) VALUES (?, ?, ?, ?, ?, ?)')
    .run('R1', 'list', text, sha256, 1, testKey.mac('document', ['R1', 'list', 1, sha256]));
  old
    .prepare('INSERT INTO seals VALUES (?, ?, ?)')
    .run('journal', testKey.id, testKey.mac('seal', [testKey.id]));
  const stored = () =>
    Object.values(old.prepare('SELECT length(body), typeof(body) FROM documents').get() ?? {});

  const store = await openStore(path);

  expect(await store.load('R1', 'list')).toEqual({ text, version: 1 });
  expect(stored()).toEqual([text.length, 'text']);
  expect(await store.save({ restoreId: 'R1', name: 'list', text, version: 1 })).toMatchObject({ sha256 });
  expect(await store.load('R1', 'list')).toEqual({ text, version: 1 });
  expect(stored()[1]).toBe('blob');
  old.close();
});

describe('a database that was keyed', () => {
  const keyed = async () => {
    const path = await newDatabase();
    const store = await openStore(path);
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
    await store.close();
    return path;
  };

  it('is not exchanged for one that looks as if it were of before', async () => {
    const path = await keyed();
    const forged = await newDatabase();
    await ofBefore(forged);
    for (const end of ['', '-wal', '-shm']) await unlink(`${path}${end}`).catch(() => undefined);
    await copyFile(forged, path);

    expect(await codeOf(openStore(path))).toBe('journal-not-keyed');
    const reader = openSqliteReader(path, { form: eventForm, key: testKey });
    expect(await codeOf(reader)).toBe('journal-not-keyed');
  });

  it.each([
    [
      'seal and marks taken away',
      'DELETE FROM seals; UPDATE events SET mac = NULL; UPDATE restores SET mac = NULL',
    ],
    ['a seal that is none', `UPDATE seals SET mac = 'aa'`],
  ])('is not keyed once more: %s', async (_what, sql) => {
    const path = await keyed();
    new DatabaseSync(path).exec(sql);

    expect(await codeOf(openStore(path))).toBe('journal-not-keyed');
  });

  it('takes no restore that was put in later as one of before', async () => {
    const path = await keyed();
    const hash = chainHash('', { restoreId: 'R7', seq: 1, at: 1, event: proposed() });
    new DatabaseSync(
      path,
    ).exec(`INSERT INTO restores (restore_id, cluster, open, created_at) VALUES ('R7', 'west', 1, 1);
      INSERT INTO events (restore_id, seq, at, body, hash, version) VALUES ('R7', 1, 1, '${JSON.stringify(proposed())}', '${hash}', 1)`);

    const store = await openStore(path);

    expect(await codeOf(store.read('R7'))).toBe('journal-broken');
    expect(await store.read('R1')).toHaveLength(1);
  });

  it('is begun anew in an empty file', async () => {
    const path = await keyed();
    for (const end of ['', '-wal', '-shm']) await unlink(`${path}${end}`).catch(() => undefined);

    expect(await (await openStore(path)).listRestores({})).toEqual([]);
  });
});

describe('another key', () => {
  const other = journalKeyFrom(Buffer.alloc(32, 9));

  it('is said to be another one, and is gone over to by a person', async () => {
    const path = await newDatabase();
    await ofBefore(path);
    const store = await openStore(path);
    await store.append({ restoreId: 'R1', expectedSeq: 2, at: 2, events: [expired] });
    await store.close();
    const open = () => openSqliteStore(path, { form: eventForm, key: other });
    expect(await codeOf(open())).toBe('journal-other-key');

    await rekeySqliteStore(path, { from: testKey, to: other });

    const rekeyed = await open();
    expect(await rekeyed.read('R1')).toHaveLength(3);
    expect(await rekeyed.keyedFrom('R1')).toBe(3);
    expect(await rekeyed.findPost('R1:card')).toEqual(card);
    expect(await rekeyed.load('R1', 'list')).not.toBeNull();
    await rekeyed.close();
    expect(await codeOf(openStore(path))).toBe('journal-other-key');
  });

  it('vouches for nothing that the one before did not', async () => {
    const path = await newDatabase();
    const store = await openStore(path);
    await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
    await store.savePost(card);
    await store.close();
    new DatabaseSync(path).exec(`UPDATE posts SET ts = '9.9';
      INSERT INTO events (restore_id, seq, at, body, hash, version) VALUES ('R1', 2, 1, '{}', 'x', 1)`);

    await rekeySqliteStore(path, { from: testKey, to: other });

    const rekeyed = await openSqliteStore(path, { form: eventForm, key: other });
    expect(await codeOf(rekeyed.read('R1'))).toBe('journal-broken');
    expect(await rekeyed.findPost('R1:card')).toBeNull();
    await rekeyed.close();
  });
});
