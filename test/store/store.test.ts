import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { readAsFar } from '../../src/aurora/journal.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';
import { appendUnknown } from '../support/newer-version.ts';

/** A restore with two events, another one with one, and a row of everything else. */
async function lived() {
  const path = await newDatabase();
  const store = await openStore(path);
  await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  await store.open({ restoreId: 'R2', cluster: 'west', at: 1, event: proposed() });
  await store.save({ restoreId: 'R1', name: 'list', text: '[]', version: 1 });
  await store.savePost({ key: 'R1:card', restoreId: 'R1', channel: 'C1', ts: '1.1', contentSha256: '' });
  await store.moveCursor('R1', 2);
  await store.acquire({ cluster: 'east', owner: 'a', ttlMs: 1, now: 0 });
  return { path, store };
}

describe('what is read back', () => {
  it.each([
    ['an event of a type it does not know', { type: 'moon-seen' }, 1, 'its type is "moon-seen"'],
    [
      'a step it does not know',
      { type: 'step-started', step: 'fly', attempt: 1 },
      1,
      'its step has another form',
    ],
    ['a field it does not know', { type: 'gate-expired', gate: 'stop', by: 1 }, 1, 'it has "by"'],
    ['a field that is missing', { type: 'gate-expired' }, 1, 'its gate has another form'],
    ['a newer version', stopGate(), 2, 'it was written by a newer version of this program'],
  ])(
    'names the event that is %s, and reads what is before it and all others',
    async (_what, event, version, why) => {
      const { path, store } = await lived();
      appendUnknown(path, { restoreId: 'R1', afterSeq: 1, at: 2, event, version });

      const { records, unreadable } = await readAsFar(store, { restoreId: 'R1' });

      expect(unreadable).toMatchObject({ code: 'journal-unreadable', details: { restoreId: 'R1', seq: 2 } });
      expect(unreadable?.message).toContain(`Event 2 of R1 cannot be read: ${why}`);
      expect(records.map((record) => record.event)).toEqual([proposed()]);
      expect(await store.read('R2')).toHaveLength(1);
    },
  );

  it.each([
    ['a document that was changed', `UPDATE documents SET body = '[1]'`, 'document-unreadable', 'load'],
    ['the row of a document', `UPDATE documents SET version = 'x'`, 'row-unreadable', 'load'],
    ['the row of a post', `UPDATE posts SET ts = x'00'`, 'row-unreadable', 'findPost'],
    ['the row of a cursor', `UPDATE cursors SET seq = 'x'`, 'row-unreadable', 'readCursor'],
    ['the row of a lease', `UPDATE leases SET fence = 'x'`, 'row-unreadable', 'acquire'],
    ['the row of a restore', `UPDATE restores SET open = 7`, 'row-unreadable', 'listRestores'],
  ] as const)('refuses %s', async (_what, statement, code, ask) => {
    const { path, store } = await lived();
    new DatabaseSync(path).exec(statement);
    const asked = {
      load: () => store.load('R1', 'list'),
      findPost: () => store.findPost('R1:card'),
      readCursor: () => store.readCursor('R1'),
      acquire: () => store.acquire({ cluster: 'east', owner: 'b', ttlMs: 1, now: 9 }),
      listRestores: () => store.listRestores({}),
    };

    expect(await codeOf(asked[ask]())).toBe(code);
  });
});

describe('durability', () => {
  it('keeps every acknowledged append through kill -9', async () => {
    const path = await newDatabase();
    const program = `
      import { openSqliteStore } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)};
      import { testKey as key } from ${JSON.stringify(new URL('../support/journal-key.ts', import.meta.url).href)};
      const form = { version: 1, parse: (stored) => stored };
      const store = await openSqliteStore(${JSON.stringify(path)}, { form, key });
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
