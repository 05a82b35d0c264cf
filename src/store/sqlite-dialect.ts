/** Kysely over `node:sqlite`: WAL, every commit synced to disk, and a wait instead of "database is locked". */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqliteDialect } from 'kysely';
import { aboutPath, explainSystemError } from '../aurora/system-errors.ts';

const busyTimeoutMs = 5_000;
/** Far more texts than the store has; a list of values of any length makes one each. */
const keptStatements = 200;

/**
 * Opens or creates the database file. `:memory:` for tests. A disk that is full, read-only or broken is an AuroraError with the
 * path, here and at every statement. Without `writes` nothing can be changed through it.
 */
export function openSqlite(path: string, { writes = true } = {}): SqliteDialect {
  const explained = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainSystemError(aboutPath(error, path)) ?? error;
    }
  };
  const database = explained(() => {
    const opened = new DatabaseSync(path, { timeout: busyTimeoutMs });
    opened.exec(
      writes
        ? 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;'
        : 'PRAGMA query_only = ON;',
    );
    return opened;
  });
  const statements = new Map<string, ReturnType<typeof prepare>>();
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) =>
        explained(() => statement.all(...(parameters as SQLInputValue[]))),
      run: (parameters: readonly unknown[]) =>
        explained(() => statement.run(...(parameters as SQLInputValue[]))),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
    };
  };
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      // To prepare a statement costs more than to run it, and the same few come again and again.
      prepare: (text) => {
        // A transaction that reads first and writes then would find the other one's write in between, and be refused for good.
        const sql = text === 'begin' ? 'begin immediate' : text;
        // SQLite carries these out when they are prepared.
        if (/^pragma /i.test(sql)) return prepare(sql);
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
