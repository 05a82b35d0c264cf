/** A copy of the store while a bot writes to it: of one instant, checked, its own, and never in place of anything. */
import { existsSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { copySqliteStore } from '../../src/store/copy-store.ts';
import { journalKeyFrom } from '../../src/store/journal-key.ts';
import { openSqliteReader } from '../../src/store/store.ts';
import { codeOf, newDatabase, openStore } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';

const expired: RestoreEvent = { type: 'gate-expired', gate: 'stop' };

/** A bot that runs, in the middle of `R1`. */
async function running() {
  const path = await newDatabase();
  const store = await openStore(path);
  await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [stopGate()] });
  return { path, store, to: `${path}.copy` };
}

it('has all that was committed, and a bot goes on from it', async () => {
  const { path, store, to } = await running();

  const copied = await copySqliteStore(path, to, testKey);
  await store.append({ restoreId: 'R1', expectedSeq: 2, at: 3, events: [expired] });

  expect(copied).toEqual({ restores: 1, events: 2, broken: [] });
  const restarted = await openStore(to);
  expect(await restarted.read('R1')).toEqual((await store.read('R1')).slice(0, 2));
  expect(restarted.identity.epoch).toBe(store.identity.epoch);
});

it('is one file for its owner alone, with the mark that says it is keyed', async () => {
  const { path, to } = await running();

  await copySqliteStore(path, to, testKey);

  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(statSync(`${to}.keyed`).mode & 0o777).toBe(0o600);
  expect(await readFile(`${to}.keyed`, 'utf8')).toBe(await readFile(`${path}.keyed`, 'utf8'));
  expect(['-wal', '-shm', '.unfinished'].filter((end) => existsSync(`${to}${end}`))).toEqual([]);
});

it.each(['', '.keyed', '.unfinished'])('overwrites nothing: copy%s', async (end) => {
  const { path, to } = await running();
  await writeFile(`${to}${end}`, 'of yesterday');

  expect(await codeOf(copySqliteStore(path, to, testKey))).toBe('copy-exists');

  expect(await readFile(`${to}${end}`, 'utf8')).toBe('of yesterday');
});

it('names a restore that somebody else has written to, and is kept', async () => {
  const { path, store, to } = await running();
  const other = new DatabaseSync(path);
  other.exec(`UPDATE events SET at = 9 WHERE restore_id = 'R1' AND seq = 2`);
  other.close();

  const { broken } = await copySqliteStore(path, to, testKey);

  expect(broken).toEqual([expect.stringContaining('The record of R1 is broken at event 2')]);
  const reader = await openSqliteReader(to, { form: eventForm, key: testKey });
  expect(reader.keyed).toBe(true);
  await reader.close();
  await store.close();
});

it('leaves nothing behind when the key is another one, or its place is not there', async () => {
  const { path, to } = await running();

  expect(await codeOf(copySqliteStore(path, to, journalKeyFrom(Buffer.alloc(32, 9))))).toBe(
    'journal-other-key',
  );
  expect(await codeOf(copySqliteStore(path, '/none/copy.sqlite', testKey))).toBe('file-system');

  expect(['', '.keyed', '.unfinished'].filter((end) => existsSync(`${to}${end}`))).toEqual([]);
});
