import { DatabaseSync } from 'node:sqlite';
import { chainHash } from '../../src/store/chain-hash.ts';
import { macOfEvent } from '../../src/store/chains.ts';
import type { JournalKey } from '../../src/store/journal-key.ts';
import { testKey } from './journal-key.ts';

/** Appends, as the version to come will with the key of this bot, an event that today's does not know. */
export function appendUnknown(
  path: string,
  { restoreId, afterSeq, at, ...writer }: { restoreId: string; afterSeq: number; at: number } & Writer,
): void {
  const { event = { type: 'moon-seen' }, version = 1, key = testKey } = writer;
  const database = new DatabaseSync(path, { timeout: 5_000 });
  const last = database
    .prepare('select hash, mac from events where restore_id = ? and seq = ?')
    .get(restoreId, afterSeq);
  const seq = afterSeq + 1;
  const hash = chainHash(String(last?.['hash'] ?? ''), { restoreId, seq, at, event });
  const row = { restore_id: restoreId, seq, at, body: JSON.stringify(event), hash, version };
  const mac = macOfEvent(key, row, String(last?.['mac'] ?? ''));
  database
    .prepare(
      'insert into events (restore_id, seq, at, body, hash, version, mac) values (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(restoreId, seq, at, row.body, hash, version, mac);
  database.close();
}

interface Writer {
  readonly event?: unknown;
  readonly version?: number;
  readonly key?: JournalKey;
}
