/** Deliveries are claimed once; a claim does not wait for the disk, and everything else still does. */
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ledgerOn } from '../../src/store/ledger.ts';
import { migrations } from '../../src/store/migrations.ts';
import type { Schema } from '../../src/store/schema.ts';
import { openSqlite } from '../../src/store/sqlite-dialect.ts';
import { testKey } from '../support/journal-key.ts';

let db: Kysely<Schema>;
beforeEach(async () => {
  db = new Kysely<Schema>({ dialect: openSqlite(':memory:') });
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  await new Migrator({ db, provider }).migrateToLatest();
});
afterEach(() => db.destroy());

/** 2 is FULL (sqlite.org, "PRAGMA synchronous"). */
async function synchronous(): Promise<unknown> {
  return (await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(db)).rows;
}

it('what is claimed is claimed once, and commits are synced again behind it', async () => {
  const inbox = ledgerOn(db, testKey);

  const claimed = await Promise.all(['a', 'b', 'a'].map((name) => inbox.claim(name, 1)));

  expect(claimed).toEqual([true, true, false]);
  expect(await synchronous()).toEqual([{ synchronous: 2 }]);
});

it('also when a claim cannot be written', async () => {
  const inbox = ledgerOn(db, testKey);
  await sql`DROP TABLE inbox`.execute(db);

  await expect(inbox.claim('a', 1)).rejects.toThrow('inbox');
  expect(await synchronous()).toEqual([{ synchronous: 2 }]);
});
