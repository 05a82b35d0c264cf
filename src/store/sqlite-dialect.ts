/** Kysely over `node:sqlite`: WAL, every commit synced to disk, and a wait instead of "database is locked". */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqliteDialect } from 'kysely';

const busyTimeoutMs = 5_000;
/** Far more texts than the store has; a list of values of any length makes one each. */
const keptStatements = 200;

/** Opens or creates the database file. `:memory:` for tests. */
export function openSqlite(path: string): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  const statements = new Map<string, ReturnType<typeof prepare>>();
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
      run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
    };
  };
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      // To prepare a statement costs more than to run it, and the same few come again and again.
      prepare: (sql) => {
        const known = statements.get(sql);
        if (known !== undefined) return known;
        if (statements.size === keptStatements) statements.clear();
        const prepared = prepare(sql);
        statements.set(sql, prepared);
        return prepared;
      },
    },
  });
}
