/** Whoever can write the database, and has not the bot's key: what they do to it while the bot runs, and while it does not. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { readAsFar } from '../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { chainHash } from '../../src/store/chain-hash.ts';
import { macOfEvent } from '../../src/store/chains.ts';
import { journalKeyFrom } from '../../src/store/journal-key.ts';
import type { Store } from '../../src/store/store.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { bo, cy, passed, proposed, signed, stopGate } from '../restore/support/story.ts';

const expired: RestoreEvent = { type: 'gate-expired', gate: 'stop' };

/** `R1` of `east` with four events, `R2` of `west` with as many. */
async function lived() {
  const path = await newDatabase();
  const store = await openStore(path);
  for (const [restoreId, cluster] of [
    ['R1', 'east'],
    ['R2', 'west'],
  ] as const) {
    await store.open({ restoreId, cluster, at: 1, event: proposed() });
    await store.append({ restoreId, expectedSeq: 1, at: 2, events: [stopGate(), expired, stopGate('d2')] });
  }
  return { path, store, attack: (sql: string) => attack(path, sql) };
}

function attack(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** The same as before, by a bot that starts now. */
async function startedAgain(path: string, store: Store<RestoreEvent>): Promise<Store<RestoreEvent>> {
  await store.close();
  return await openStore(path);
}

const quoted = (value: unknown): string => `'${JSON.stringify(value)}'`;
const insert = (seq: number, event: RestoreEvent, hash: string) =>
  `INSERT INTO events (restore_id, seq, at, body, hash, version) VALUES ('R1', ${seq}, 3, ${quoted(event)}, '${hash}', 1);`;
const columns = 'restore_id, seq, at, body, hash, version, mac';
const whole = ['restore-proposed', 'gate-opened', 'gate-expired', 'gate-opened'];

const forgeries = [
  ['sign-offs that nobody gave', insert(5, signed('stop', cy, 'd2'), 'not a hash at all'), 5, 4],
  [
    'an event of before, changed',
    `UPDATE events SET body = ${quoted(stopGate('d9'))} WHERE restore_id = 'R1' AND seq = 2`,
    2,
    1,
  ],
  ['the time of an event', `UPDATE events SET at = 9 WHERE restore_id = 'R1' AND seq = 3`, 3, 2],
  ['a broken row', `UPDATE events SET at = 'noon' WHERE restore_id = 'R1' AND seq = 3`, 3, 2],
  ['text that is no JSON', `UPDATE events SET body = '{' WHERE restore_id = 'R1' AND seq = 3`, 3, 2],
  ['the form of an event', `UPDATE events SET version = 0 WHERE restore_id = 'R1' AND seq = 3`, 3, 2],
  ['its mark taken away', `UPDATE events SET mac = NULL WHERE restore_id = 'R1' AND seq = 4`, 4, 3],
  ['one gone from the middle', `DELETE FROM events WHERE restore_id = 'R1' AND seq = 3`, 3, 2],
  ['the first one gone', `DELETE FROM events WHERE restore_id = 'R1' AND seq = 1`, 1, 0],
  ['all of them gone', `DELETE FROM events WHERE restore_id = 'R1'`, 1, 0],
  [
    'two that changed places',
    `UPDATE events SET seq = -seq WHERE restore_id = 'R1' AND seq IN (2, 3);
     UPDATE events SET seq = 5 + seq WHERE seq < 0`,
    2,
    1,
  ],
  [
    'one of another restore, at the same place',
    `DELETE FROM events WHERE restore_id = 'R1' AND seq = 3;
     INSERT INTO events (${columns}) SELECT 'R1', seq, at, body, hash, version, mac FROM events WHERE restore_id = 'R2' AND seq = 3`,
    3,
    2,
  ],
  ['that the restore has ended', `UPDATE restores SET open = 0 WHERE restore_id = 'R1'`, 1, 0],
  ['its cluster', `UPDATE restores SET cluster = 'north' WHERE restore_id = 'R1'`, 1, 0],
  ['since when it is keyed', `UPDATE restores SET keyed_from = 5 WHERE restore_id = 'R1'`, 1, 0],
  [
    'the restore, events left behind',
    `PRAGMA foreign_keys = OFF; DELETE FROM restores WHERE restore_id = 'R1'`,
    1,
    0,
  ],
] as const;

describe.each([
  ['while the bot runs', (_path: string, store: Store<RestoreEvent>) => Promise.resolve(store)],
  ['while it does not', startedAgain],
])('a journal that somebody else has written to %s', (_when, next) => {
  it.each(forgeries)('is believed up to there alone: %s', async (_what, sql, seq, before) => {
    const { path, store, attack: by } = await lived();
    by(sql);
    const bot = await next(path, store);

    const { records, unreadable } = await readAsFar(bot, { restoreId: 'R1' });

    expect(unreadable).toMatchObject({ code: 'journal-broken', details: { restoreId: 'R1', seq } });
    expect(unreadable?.message).toMatch(`The record of R1 is broken at event ${seq}: `);
    expect(records.map(({ event }) => event.type)).toEqual(whole.slice(0, before));
    expect(await bot.read('R2')).toHaveLength(4);
  });

  it.each(forgeries.filter(([what]) => /restore|cluster|keyed/.test(what) && !what.startsWith('one of')))(
    'keeps its cluster from another restore: %s',
    async (_what, sql) => {
      const { path, store, attack: by } = await lived();
      by(sql);
      const bot = await next(path, store);

      const open = bot.open({ restoreId: 'R3', cluster: 'east', at: 3, event: proposed() });

      // Without its row a bot that starts finds nothing that says there was one: the agents know (anchors).
      const forgotten = sql.includes('DELETE FROM restores') && next === startedAgain;
      expect(await codeOf(open)).toMatch(forgotten ? /accepted/ : /journal-broken|cluster-busy/);
    },
  );
});

describe('a journal that somebody else writes to while the bot runs', () => {
  it('gets nothing added after what the bot did not write', async () => {
    const { store, attack: by } = await lived();
    by(insert(5, signed('stop', cy, 'd2'), 'x'));

    for (const expectedSeq of [4, 5])
      expect(await codeOf(store.append({ restoreId: 'R1', expectedSeq, at: 4, events: [expired] }))).toBe(
        'journal-broken',
      );
  });

  it('is broken to whoever reads on from where it was', async () => {
    const { store, attack: by } = await lived();
    by(insert(5, signed('stop', cy, 'd2'), 'x') + insert(6, passed('stop', 'd2', [bo, cy]), 'y'));

    const { records, unreadable } = await readAsFar(store, { restoreId: 'R1', afterSeq: 3 });
    expect(unreadable).toMatchObject({ code: 'journal-broken', details: { seq: 5 } });
    expect(records.map(({ seq }) => seq)).toEqual([4]);
  });

  it.each([
    ['one event', 'seq = 4', 4],
    ['two', 'seq > 2', 3],
    ['all, the restore itself too', 'seq > 0', 1],
  ])('does not lose its end: %s', async (_what, where, seq) => {
    const { store, attack: by } = await lived();
    by(`PRAGMA foreign_keys = OFF; DELETE FROM events WHERE restore_id = 'R1' AND ${where};
      ${seq === 1 ? `DELETE FROM restores WHERE restore_id = 'R1'` : ''}`);

    await expect(store.read('R1', 4)).rejects.toMatchObject({ code: 'journal-broken', details: { seq } });
    const append = store.append({ restoreId: 'R1', expectedSeq: seq - 1, at: 4, events: [expired] });
    expect(await codeOf(append)).toBe('journal-broken');
    expect(await store.listRestores({ open: true, cluster: 'east' })).toMatchObject([{ restoreId: 'R1' }]);
  });

  it('is not exchanged for another one that was once true', async () => {
    const { path, store } = await lived();
    attack(path, `CREATE TABLE kept AS SELECT ${columns} FROM events WHERE restore_id = 'R1'`);
    await store.append({ restoreId: 'R1', expectedSeq: 4, at: 5, events: [expired] });
    attack(
      path,
      `DELETE FROM events WHERE restore_id = 'R1'; INSERT INTO events SELECT ${columns} FROM kept`,
    );

    await expect(store.read('R1')).rejects.toMatchObject({ code: 'journal-broken', details: { seq: 5 } });
  });
});

it('a whole chain with a key of somebody else is no chain', async () => {
  const { path, store } = await lived();
  const theirs = journalKeyFrom(Buffer.alloc(32, 1));
  const last = (await store.read('R1')).at(-1);
  const event = signed('stop', cy, 'd2');
  const row = {
    restore_id: 'R1',
    seq: 5,
    at: 3,
    body: JSON.stringify(event),
    hash: chainHash(last?.hash ?? '', { restoreId: 'R1', seq: 5, at: 3, event }),
    version: 1,
  };
  const kept = new DatabaseSync(path).prepare('SELECT mac FROM events WHERE seq = 4').get();
  const mac = macOfEvent(theirs, row, String(kept?.['mac']));
  new DatabaseSync(path)
    .prepare(`INSERT INTO events (${columns}) VALUES ('R1', 5, 3, ?, ?, 1, ?)`)
    .run(row.body, row.hash, mac);

  expect(await codeOf(store.read('R1'))).toBe('journal-broken');
});

describe('a name', () => {
  it.each([
    ['set back', `UPDATE counters SET value = 0`],
    ['gone', `DELETE FROM counters`],
  ])('is not given twice when the counter was %s', async (_what, sql) => {
    const { store, attack: by } = await lived();
    by(sql);

    expect(await store.nextRestoreId()).toBe('R3');
    by(`${sql}; PRAGMA foreign_keys = OFF; DELETE FROM events; DELETE FROM restores`);
    expect(await store.nextRestoreId()).toBe('R3');
  });
});

describe('what is kept beside the journals', () => {
  const listed = { restoreId: 'R1', name: 'killed', text: '["a","b"]', version: 1 };
  const card = { key: 'R1:card', restoreId: 'R1', channel: 'C1', ts: '1.1', contentSha256: 'aa' };

  it('is not a list that somebody has made shorter, with its hash', async () => {
    const { store, attack: by } = await lived();
    await store.save(listed);
    by(
      `UPDATE documents SET body = '[]', sha256 = '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945'`,
    );

    expect(await codeOf(store.load('R1', 'killed'))).toBe('document-unreadable');
  });

  it('is not the list of another restore, or another list', async () => {
    const { store, attack: by } = await lived();
    await store.save(listed);
    by(`UPDATE documents SET restore_id = 'R2'`);
    expect(await codeOf(store.load('R2', 'killed'))).toBe('document-unreadable');
    by(`UPDATE documents SET restore_id = 'R1', name = 'kept'`);
    expect(await codeOf(store.load('R1', 'kept'))).toBe('document-unreadable');
  });

  it.each([
    ['moved to another message', `UPDATE posts SET ts = '9.9'`],
    ['moved to another channel', `UPDATE posts SET channel = 'C9'`],
    ['of another restore', `UPDATE posts SET restore_id = 'R2'`],
    ['with another content', `UPDATE posts SET content_sha256 = 'bb'`],
    [
      'under another name',
      `DELETE FROM posts; INSERT INTO posts (key, restore_id, channel, ts, content_sha256) VALUES ('R1:card', 'R1', 'C9', '9.9', 'bb')`,
    ],
  ])('is no message of ours when it was %s', async (_what, sql) => {
    const { store, attack: by } = await lived();
    await store.savePost(card);
    expect(await store.findPost('R1:card')).toEqual(card);
    by(sql);

    expect(await store.findPost('R1:card')).toBeNull();
  });

  it('passes over nothing that people must hear', async () => {
    const { store, attack: by } = await lived();
    await store.moveCursor('R1', 2);
    by(`UPDATE cursors SET seq = 99`);

    expect(await store.readCursor('R1')).toBe(0);
  });
});
