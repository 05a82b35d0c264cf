/**
 * From when on nothing without a MAC is believed. A database of before is keyed once, at the first start, as far as its hashes
 * follow. That it has been is written beside it too: a database without a seal that comes later is not one of before.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { Kysely, Transaction } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';
import { watchName } from '../aurora/watch.ts';
import { Chains, keyedRestore, macOfEvent } from './chains.ts';
import { oneAtATime } from './engines.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedCursor, keyedDocument, keyedPost, keyedWatch } from './keyed-rows.ts';
import type { Schema } from './schema.ts';

/** The file beside the database that says so. */
const markerOf = (path: string): string => `${path}.keyed`;

/** Seals what no bot has sealed before. AuroraError `journal-other-key`, and `journal-not-keyed` for one that was put there later. */
export async function sealOnce(db: Kysely<Schema>, at: { path: string; key: JournalKey }): Promise<void> {
  const { path, key } = at;
  if (!(await isSealed(db, at))) await sealAll(db, { from: null, key });
  if (path === ':memory:' || existsSync(markerOf(path))) return;
  try {
    writeFileSync(markerOf(path), `${key.id}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    throw explainSystemError(aboutPath(error, markerOf(path))) ?? error;
  }
}

/** The same on PostgreSQL, which no bot without a key has ever written to: what is not sealed there must be empty. */
export async function sealEmptyOnce(
  db: Kysely<Schema>,
  at: { path: string; key: JournalKey },
): Promise<void> {
  const { path, key } = at;
  await db.transaction().execute(async (trx) => {
    await oneAtATime(trx, 'seal');
    if (await isSealed(trx, at)) return;
    if ((await trx.selectFrom('restores').select('restore_id').limit(1).execute()).length > 0)
      throw notSealed(path);
    await trx.insertInto('seals').values(sealBy(key)).execute();
  });
}

/** False for a database of before; throws as `sealOnce` does. */
export async function isSealed(
  db: Kysely<Schema>,
  { path, key }: { path: string; key: JournalKey },
): Promise<boolean> {
  const tables = new Set((await db.introspection.getTables()).map(({ name }) => name));
  // Whoever only reads finds the tables as the last bot has left them.
  const seal = tables.has('seals') ? await db.selectFrom('seals').selectAll().executeTakeFirst() : undefined;
  if (seal === undefined) {
    if (!existsSync(markerOf(path))) return false;
    const { restores } = await db
      .selectFrom('restores')
      .select(({ fn }) => fn.countAll<number>().as('restores'))
      .executeTakeFirstOrThrow();
    if (restores === 0) return false;
    throw notKeyed(path);
  }
  if (seal.key_id !== key.id) throw otherKey(path);
  if (!key.holds('seal', [seal.key_id], seal.mac)) throw notKeyed(path);
  return true;
}

/**
 * Goes over to another key: what is as it was written under `from` (`null`: what was written before there was a key, as far as
 * its hashes follow) is so under `key`. What is not stays broken from there on.
 */
export async function sealAll(
  db: Kysely<Schema>,
  { from, key }: { from: JournalKey | null; key: JournalKey },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const chains = new Chains(from);
    for (const { restoreId } of await chains.listRestores(trx)) {
      const { events, broken } = await chains.read(trx, restoreId, 0);
      // The restore itself is in doubt.
      if (broken?.seq === 1) continue;
      await sealEvents(trx, events, key);
      const restore = await trx
        .selectFrom('restores')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .executeTakeFirstOrThrow();
      const keyedFrom = from === null ? events.length + 1 : restore.keyed_from;
      await trx
        .updateTable('restores')
        .set(keyedRestore(key, { ...restore, keyed_from: keyedFrom }))
        .where('restore_id', '=', restoreId)
        .execute();
      await sealBeside(trx, { restoreId, from, key });
    }
    // They name events by the key of before, and are made again.
    await trx.deleteFrom('summaries').execute();
    if (from !== null) await sealWatches(trx, { from, key });
    const seal = sealBy(key);
    await trx
      .insertInto('seals')
      .values(seal)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(seal))
      .execute();
  });
}

async function sealEvents(
  trx: Transaction<Schema>,
  events: readonly Schema['events'][],
  key: JournalKey,
): Promise<void> {
  let mac = '';
  for (const event of events) {
    mac = macOfEvent(key, event, mac);
    await trx
      .updateTable('events')
      .set({ mac })
      .where('restore_id', '=', event.restore_id)
      .where('seq', '=', event.seq)
      .execute();
  }
}

async function sealBeside(
  trx: Transaction<Schema>,
  { restoreId, from, key }: { restoreId: string; from: JournalKey | null; key: JournalKey },
): Promise<void> {
  const mine = ['restore_id', '=', restoreId] as const;
  for (const row of await trx
    .selectFrom('documents')
    .selectAll()
    .where(...mine)
    .execute())
    if (from === null || keyedDocument.isOurs(from, row))
      await trx
        .updateTable('documents')
        .set(keyedDocument.withMac(key, row))
        .where('restore_id', '=', restoreId)
        .where('name', '=', row.name)
        .execute();
  for (const row of await trx
    .selectFrom('posts')
    .selectAll()
    .where(...mine)
    .execute())
    if (from === null || keyedPost.isOurs(from, row))
      await trx.updateTable('posts').set(keyedPost.withMac(key, row)).where('key', '=', row.key).execute();
  for (const row of await trx
    .selectFrom('cursors')
    .selectAll()
    .where(...mine)
    .execute())
    if (from === null || keyedCursor.isOurs(from, row))
      await trx
        .updateTable('cursors')
        .set(keyedCursor.withMac(key, row))
        .where('restore_id', '=', restoreId)
        .execute();
}

/** With the messages of each. There were none before there was a key. */
async function sealWatches(
  trx: Transaction<Schema>,
  { from, key }: { from: JournalKey; key: JournalKey },
): Promise<void> {
  for (const row of await trx.selectFrom('watches').selectAll().execute()) {
    if (!keyedWatch.isOurs(from, row)) continue;
    const { cluster } = row;
    await trx
      .updateTable('watches')
      .set(keyedWatch.withMac(key, row))
      .where('cluster', '=', cluster)
      .execute();
    await sealBeside(trx, { restoreId: watchName(cluster), from, key });
  }
}

function sealBy(key: JournalKey): Schema['seals'] {
  return { name: 'journal', key_id: key.id, mac: key.mac('seal', [key.id]) };
}

function notSealed(path: string): AuroraError {
  return new AuroraError({
    code: 'journal-not-keyed',
    message: `${path} holds restores that no bot has keyed.`,
    hint: 'Somebody else has written them. Put the database back from its copy, or name an empty one.',
  });
}

function notKeyed(path: string): AuroraError {
  return new AuroraError({
    code: 'journal-not-keyed',
    message: `${path} is not the database that this bot has kept: that one was keyed, and this one is not.`,
    hint: `Somebody else has put it there or written to it. Put it back from a copy of after ${markerOf(path)} was made, or start with an empty directory.`,
  });
}

function otherKey(path: string): AuroraError {
  return new AuroraError({
    code: 'journal-other-key',
    message: `${path} was keyed with another key than this bot has.`,
    hint: 'The key is made of the grant key. When that was changed on purpose, `record rekey` goes over to the new one (docs/configuration.md).',
  });
}
