/**
 * The bot's database that this host works for, kept in the agent's own. A table beside the operations: an older agent that comes back
 * leaves it alone. Lines are only ever added; the newest one counts.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { GrantedStore, KnownStore } from '../aurora/store-identity.ts';
import { storeName } from '../aurora/store-identity.ts';

export interface StoreMemory {
  /** `null`: any is taken, and the first that comes is remembered. */
  store(): KnownStore | null;
  /** Of a grant that was taken. Nothing is written for a start that is known. */
  rememberStore(store: GrantedStore, at: number): void;
  /** From here on the database of this name is worked for, whichever start comes first; `null`: whichever database comes first. */
  takeStore(name: string | null, at: number): void;
}

export const storeMemorySchema = `
  CREATE TABLE IF NOT EXISTS store_note (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    name TEXT,
    incarnation TEXT
  ) STRICT;
  CREATE TRIGGER IF NOT EXISTS store_note_stays BEFORE DELETE ON store_note
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS store_note_is_final BEFORE UPDATE ON store_note
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
`;

/** `write` does what it is given durably, or throws a sentence. */
export function storeMemoryOn(db: DatabaseSync, write: (work: () => void) => void): StoreMemory {
  const newest = db.prepare('SELECT at, name, incarnation FROM store_note ORDER BY seq DESC LIMIT 1');
  const add = db.prepare('INSERT INTO store_note (at, name, incarnation) VALUES (?, ?, ?)');
  const store = (): KnownStore | null => {
    const row = newest.get();
    if (row?.['name'] == null) return null;
    const incarnation = row['incarnation'];
    return {
      name: String(row['name']),
      incarnation: incarnation == null ? null : String(incarnation),
      at: Number(row['at']),
    };
  };
  return {
    store,
    rememberStore: ({ epoch, incarnation }, at) => {
      const name = storeName(epoch);
      const known = store();
      if (known?.name === name && known.incarnation === incarnation) return;
      write(() => void add.run(at, name, incarnation));
    },
    takeStore: (name, at) => write(() => void add.run(at, name, null)),
  };
}
