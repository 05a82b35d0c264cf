import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { describe, expect, it } from 'vitest';
import { readAsFar } from '../../src/aurora/journal.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { chainHash } from '../../src/store/journal.ts';
import { migrations } from '../../src/store/schema.ts';
import { openSqlite } from '../../src/store/sqlite-dialect.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';

/** Something else writes to the database of a restore with two events and a document. */
async function tamper(statement: string) {
  const path = await newDatabase();
  const writer = await openStore(path);
  await writer.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  await writer.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });
  await writer.open({ restoreId: 'R2', cluster: 'west', at: 1, event: proposed() });
  await writer.save({ restoreId: 'R1', name: 'list', text: '[]', version: 1 });
  await writer.savePost({ key: 'R1:card', restoreId: 'R1', channel: 'C1', ts: '1.1', contentSha256: '' });
  await writer.moveCursor('R1', 2);
  await writer.acquire({ cluster: 'east', owner: 'a', ttlMs: 1, now: 0 });
  new DatabaseSync(path).exec(statement);
  return await openStore(path);
}

describe('what is read back', () => {
  it.each([
    ['an event of a type it does not know', `body = '{"type":"moon-seen"}'`, 'its type is "moon-seen"'],
    [
      'a step it does not know',
      `body = '{"type":"step-started","step":"fly","attempt":1}'`,
      'its step has another form',
    ],
    ['a field it does not know', `body = '{"type":"gate-expired","gate":"stop","by":1}'`, 'it has "by"'],
    ['a field that is missing', `body = '{"type":"gate-expired"}'`, 'its gate has another form'],
    ['text that is no JSON', `body = '{'`, 'it is not JSON'],
    ['a newer version', 'version = 2', 'it was written by a newer version of this program'],
    ['a broken row', `at = 'noon'`, 'its row is broken (at: '],
  ])('names the event that is %s, and reads what is before it and all others', async (_what, set, why) => {
    const store = await tamper(`UPDATE events SET ${set} WHERE restore_id = 'R1' AND seq = 2`);

    const { records, unreadable } = await readAsFar(store, { restoreId: 'R1' });

    expect(unreadable).toMatchObject({ code: 'journal-unreadable', details: { restoreId: 'R1', seq: 2 } });
    expect(unreadable?.message).toContain(`Event 2 of R1 cannot be read: ${why}`);
    expect(records.map(({ event }) => event)).toEqual([proposed()]);
    expect(await store.read('R2')).toHaveLength(1);
  });

  it.each([
    ['a document that was changed', `UPDATE documents SET body = '[1]'`, 'document-unreadable', 'load'],
    ['the row of a document', `UPDATE documents SET version = 'x'`, 'row-unreadable', 'load'],
    ['the row of a post', `UPDATE posts SET ts = x'00'`, 'row-unreadable', 'findPost'],
    ['the row of a cursor', `UPDATE cursors SET seq = 'x'`, 'row-unreadable', 'readCursor'],
    ['the row of a lease', `UPDATE leases SET fence = 'x'`, 'row-unreadable', 'acquire'],
    ['the row of a restore', `UPDATE restores SET open = 7`, 'row-unreadable', 'listRestores'],
  ] as const)('refuses %s', async (_what, statement, code, ask) => {
    const store = await tamper(statement);
    const asked = {
      load: () => store.load('R1', 'list'),
      findPost: () => store.findPost('R1:card'),
      readCursor: () => store.readCursor('R1'),
      acquire: () => store.acquire({ cluster: 'east', owner: 'b', ttlMs: 1, now: 9 }),
      listRestores: () => store.listRestores({}),
    };

    expect(await codeOf(asked[ask]())).toBe(code);
  });

  it('includes what was written before versions were kept', async () => {
    const path = await newDatabase();
    const event: RestoreEvent = proposed();
    const hash = chainHash('', { restoreId: 'R1', seq: 1, at: 1, event });
    const db = new Kysely({ dialect: openSqlite(path) });
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    await new Migrator({ db, provider }).migrateTo('002-outbox');
    await db.destroy();
    const old = new DatabaseSync(path);
    old.exec(`INSERT INTO restores VALUES ('R1', 'east', 1, 1); INSERT INTO documents VALUES
      ('R1', 'list', '[]', '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945')`);
    old.prepare(`INSERT INTO events VALUES ('R1', 1, 1, ?, ?)`).run(JSON.stringify(event), hash);
    old.close();

    const store = await openStore(path);

    expect(await store.read('R1')).toEqual([{ restoreId: 'R1', seq: 1, at: 1, event, hash }]);
    expect(await store.load('R1', 'list')).toEqual({ text: '[]', version: 1 });
  });
});

describe('durability', () => {
  it('keeps every acknowledged append through kill -9', async () => {
    const path = await newDatabase();
    const program = `
      import { openSqliteStore } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)};
      const store = await openSqliteStore(${JSON.stringify(path)}, { version: 1, parse: (stored) => stored });
      await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: ${JSON.stringify(proposed())} });
      for (let seq = 1; ; seq += 1) {
        await store.append({ restoreId: 'R1', expectedSeq: seq, at: seq, events: [{ type: 'look-opened', until: seq }] });
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

    const records = await (await openStore(path)).read('R1');

    expect(records.length).toBeGreaterThanOrEqual(acknowledged + 1);
    expect(new DatabaseSync(path).prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });
});
