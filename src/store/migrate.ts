/**
 * From the SQLite file of a stopped bot into an empty PostgreSQL database: every row as it is, in one transaction, and committed
 * only when what lies there says the same. The file stays as it was. Restores, hosts and leases go on where they were, for the
 * database keeps its name.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Kysely, sql, type Transaction } from 'kysely';
import { AuroraError } from '../aurora/errors.ts';
import { Chains } from './chains.ts';
import { toBody } from './engines.ts';
import { lockOut } from './holder.ts';
import type { JournalKey } from './journal-key.ts';
import { bringUpToDate } from './migrations.ts';
import { nameOfPlace, openPostgres, type PostgresPlace } from './postgres-dialect.ts';
import { assertAlone } from './postgres-store.ts';
import { rows, type Schema } from './schema.ts';
import { openSqlite } from './sqlite-dialect.ts';
import { openSqliteStore } from './store.ts';

type Table = keyof Schema;

/** Who holds a file is nobody's business in a database of many; restores come before what names them. */
const tables: readonly Table[] = [
  'restores',
  ...(Object.keys(rows) as Table[]).filter((table) => table !== 'restores' && table !== 'holders'),
];
const rowsAtOnce = 500;

/**
 * Answers how many rows of each table were copied. AuroraError `store-missing`, `bot-already-runs`, `journal-other-key`,
 * `store-not-empty`, `store-copy-differs`, and those of the two engines; nothing is left in the target then.
 */
export async function migrateToPostgres(
  path: string,
  { place, key }: { place: PostgresPlace; key: JournalKey },
): Promise<ReadonlyMap<Table, number>> {
  if (!existsSync(path))
    throw new AuroraError({
      code: 'store-missing',
      message: `There is no database ${path}.`,
      hint: 'Is `state` still the directory that the bot had?',
    });
  // Brings its tables up to date and keys it, as a start of the bot would.
  const opened = await openSqliteStore(path, { form: { version: 1, parse: (stored) => stored }, key });
  await opened.close();
  const unlock = lockOut(path);
  const source = new Kysely<Schema>({ dialect: openSqlite(path, { writes: false }) });
  const target = new Kysely<Schema>({ dialect: openPostgres(place) });
  try {
    await assertAlone(target, place);
    await bringUpToDate(target, nameOfPlace(place));
    return await target.transaction().execute(async (trx) => {
      await assertEmpty(trx, place);
      await trx.deleteFrom('stores').execute();
      const copied = new Map<Table, number>();
      for (const table of tables) copied.set(table, await copyTable(source, trx, table));
      await compare(source, trx, { key, copied });
      return copied;
    });
  } finally {
    await target.destroy();
    await source.destroy();
    unlock();
  }
}

/** A database that was only made is named, and has nothing else. */
async function assertEmpty(trx: Transaction<Schema>, place: PostgresPlace): Promise<void> {
  for (const table of tables) {
    if (table === 'stores' || (await countOf(trx, table)) === 0) continue;
    throw new AuroraError({
      code: 'store-not-empty',
      message: `${nameOfPlace(place)} is not empty: a bot has run on it.`,
      hint: 'Nothing is copied over what is there. Name a database that was just made.',
    });
  }
}

async function copyTable(source: Kysely<Schema>, trx: Transaction<Schema>, table: Table): Promise<number> {
  // A document may be as long as all rows of another table.
  const limit = table === 'documents' ? 1 : rowsAtOnce;
  let copied = 0;
  for (let after = 0; ; ) {
    const { rows: found } = await sql<{ row_number: number } & Record<string, unknown>>`
      SELECT rowid AS row_number, * FROM ${sql.table(table)} WHERE rowid > ${after} ORDER BY rowid LIMIT ${limit}
    `.execute(source);
    const last = found.at(-1);
    if (last === undefined) return copied;
    const values = found.map(({ row_number: _, ...row }) => asTaken(trx, table, row));
    await trx
      .insertInto(table)
      .values(values as never)
      .execute();
    copied += found.length;
    after = last.row_number;
  }
}

/** What the other engine takes of the same row. */
function asTaken(
  trx: Transaction<Schema>,
  table: Table,
  row: Record<string, unknown>,
): Record<string, unknown> {
  const { body, framework_id: id } = row;
  if (table === 'documents' && (typeof body === 'string' || body instanceof Uint8Array))
    return { ...row, body: toBody(trx, body) };
  // PostgreSQL has no such character; it came from a host, and nothing is decided by it.
  if (table === 'seen_backups' && typeof id === 'string')
    return { ...row, framework_id: id.replaceAll('\0', '') };
  return row;
}

async function compare(
  source: Kysely<Schema>,
  trx: Transaction<Schema>,
  { key, copied }: { key: JournalKey; copied: ReadonlyMap<Table, number> },
): Promise<void> {
  for (const table of tables) {
    const [there, here] = [await countOf(source, table), await countOf(trx, table)];
    if (there !== here || here !== copied.get(table)) throw differs(`the table ${table}`);
  }
  const [before, after] = [new Chains(key), new Chains(key)];
  for (const { restoreId } of await before.listRestores(source)) {
    const [was, is] = [await before.read(source, restoreId, 0), await after.read(trx, restoreId, 0)];
    // One that was broken is so there, at the same event.
    const same =
      was.events.at(-1)?.mac === is.events.at(-1)?.mac &&
      was.events.length === is.events.length &&
      was.broken?.seq === is.broken?.seq;
    if (!same) throw differs(`the record of ${restoreId}`);
  }
  for (const { restore_id: restoreId, name } of await source
    .selectFrom('documents')
    .select(['restore_id', 'name'])
    .execute())
    if ((await hashOf(source, { restoreId, name })) !== (await hashOf(trx, { restoreId, name })))
      throw differs(`the document "${name}" of ${restoreId}`);
}

async function hashOf(
  db: Kysely<Schema>,
  { restoreId, name }: { restoreId: string; name: string },
): Promise<string> {
  const { body, mac } = await db
    .selectFrom('documents')
    .select(['body', 'mac'])
    .where('restore_id', '=', restoreId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return `${createHash('sha256').update(body).digest('hex')} ${mac ?? ''}`;
}

async function countOf(db: Kysely<Schema>, table: Table): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function differs(what: string): AuroraError {
  return new AuroraError({
    code: 'store-copy-differs',
    message: `After copying, ${what} is not the same in both databases; nothing was kept.`,
    hint: 'The file is as it was. Run it again; if it says the same, keep the file and report this.',
  });
}
