import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, expect, it } from 'vitest';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { journalKeyFrom } from '../../src/store/journal-key.ts';
import { migrateToPostgres } from '../../src/store/migrate.ts';
import type { PostgresPlace } from '../../src/store/postgres-dialect.ts';
import { openPostgresStore } from '../../src/store/postgres-store.ts';
import { openSqliteStore } from '../../src/store/store.ts';
import { codeOf, newDatabase } from '../contracts/support.ts';
import { proposed, stopGate } from '../restore/support/story.ts';
import { testKey } from '../support/journal-key.ts';
import { closeSharedPostgres, newPostgresPlace } from '../support/postgres-place.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(closeSharedPostgres);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const opening = { form: eventForm, key: testKey };
const text = JSON.stringify(Array.from({ length: 2_000 }, (_, index) => `task \\ 'ä' ${index * 7_919}`));
const ended: RestoreEvent = { type: 'restore-ended', outcome: 'undone', message: 'All is back.' };

/** A file with one of everything, and what tells its database from others. */
async function fullFile() {
  const path = await newDatabase();
  const store = await openSqliteStore(path, opening);
  await store.open({ restoreId: 'R1', cluster: 'east', at: 1, event: proposed() });
  const events = Array.from({ length: 700 }, () => stopGate());
  await store.append({ restoreId: 'R1', expectedSeq: 1, at: 2, events: [...events, ended], ends: true });
  await store.open({ restoreId: 'R2', cluster: 'east', at: 3, event: proposed() });
  await store.save({ restoreId: 'R1', name: 'list', text, version: 1 });
  await store.save({ restoreId: 'R1', name: 'short', text: '\\x00', version: 1 });
  const post = { key: 'R1:card', restoreId: 'R1', channel: 'C1', ts: '1.1', contentSha256: 'ab' };
  await store.savePost(post);
  await store.moveCursor('R1', 3);
  await store.claim('press', 1);
  await store.saveWatch({ cluster: 'east', text: '{}', version: 1 });
  await store.passFence('east', 40);
  await store.passNames(7);
  const backup = { contentAtMs: 1, bytes: 1, tasks: 1, jobs: 1, verdict: 'ok' as const, copies: [] };
  await store.noteSeen('east', {
    atMs: 1,
    backups: [{ ...backup, sha256: 'ab'.repeat(32), frameworkId: 'F1' }],
  });
  const { epoch, incarnation } = store.identity;
  await store.close();
  return { path, post, epoch, incarnation };
}

async function openBot(place: PostgresPlace) {
  const store = await openPostgresStore(place, opening);
  ends.push(() => store.close());
  return store;
}

it('brings everything over, and bots go on as the same database with the next name and fence', async () => {
  const { path, post, epoch, incarnation } = await fullFile();
  const { place } = await newPostgresPlace();

  const copied = await migrateToPostgres(path, { place, key: testKey });

  expect([copied.get('events'), copied.get('documents'), copied.get('posts')]).toEqual([703, 2, 1]);
  const bot = await openBot(place);
  expect(await bot.read('R1')).toHaveLength(702);
  expect(await bot.listRestores({ open: true })).toEqual([{ restoreId: 'R2', cluster: 'east', open: true }]);
  expect(await bot.load('R1', 'list')).toEqual({ text, version: 1 });
  expect(await bot.load('R1', 'short')).toEqual({ text: '\\x00', version: 1 });
  expect(await bot.findPost('R1:card')).toEqual(post);
  expect(await bot.readCursor('R1')).toBe(3);
  expect(await bot.claim('press', 2)).toBe(false);
  expect(await bot.loadWatch('east')).toEqual({ text: '{}', version: 1 });
  expect(await bot.listSeen('east', { fromMs: 0, toMs: 9 })).toHaveLength(1);
  expect(await bot.nextRestoreId()).toBe('R8');
  const lease = await bot.acquire({ cluster: 'east', owner: 'a', ttlMs: 1_000, now: 0 });
  expect(lease?.fence).toBe(41);
  expect(bot.identity.epoch).toBe(epoch);
  expect(await bot.identity.hasBeen(incarnation)).toBe(true);
});

it('copies nothing over what is there, beside a bot that runs, or with another key', async () => {
  const { path } = await fullFile();
  const used = await newPostgresPlace();
  await (await openPostgresStore(used.place, opening)).close();
  const { place, ask } = await newPostgresPlace();
  const migrate = async (changes: Partial<Parameters<typeof migrateToPostgres>[1]> = {}, from = path) =>
    await codeOf(migrateToPostgres(from, { place, key: testKey, ...changes }));

  expect(await migrate({ place: used.place })).toBe('store-not-empty');
  expect(await migrate({}, `${path}.other`)).toBe('store-missing');
  expect(await migrate({ key: journalKeyFrom(Buffer.alloc(32, 9)) })).toBe('journal-other-key');
  const running = await openSqliteStore(path, opening);
  expect(await migrate()).toBe('bot-already-runs');
  await running.close();
  expect(await migrate()).toBe('accepted');
  expect(await migrate()).toBe('store-not-empty');
  expect(await ask('SELECT count(*)::int AS events FROM events')).toEqual([{ events: 703 }]);
});

it('keeps nothing when the copy is not the same, and a broken record stays broken where it was', async () => {
  const { path } = await fullFile();
  const { place, ask } = await newPostgresPlace();
  new DatabaseSync(path).exec(`UPDATE events SET at = 9 WHERE restore_id = 'R1' AND seq = 3`);
  const migrate = async () => await codeOf(migrateToPostgres(path, { place, key: testKey }));
  // The tables as they come about, and somebody who changes what is put in.
  await (await openPostgresStore(place, opening)).close();
  await ask('DELETE FROM incarnations');
  await ask('DELETE FROM seals');
  await ask(
    'CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mac = $q$aa$q$; RETURN NEW; END $$',
  );
  await ask('CREATE TRIGGER spoil BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION spoil()');

  expect(await migrate()).toBe('store-copy-differs');
  expect(await ask('SELECT count(*)::int AS events FROM events')).toEqual([{ events: 0 }]);
  await ask('DROP TRIGGER spoil ON documents');
  expect(await migrate()).toBe('accepted');

  const bot = await openBot(place);
  await expect(bot.read('R1')).rejects.toMatchObject({ code: 'journal-broken', details: { seq: 3 } });
});
