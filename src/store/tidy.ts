/** What a bot keeps, and nobody needs any more after a while. Journals are none of that: they stay whole for ever. */
import type { Kysely } from 'kysely';
import type { Chains } from './chains.ts';
import { toBody } from './engines.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedDocument } from './keyed-rows.ts';
import { readRow, rows, type Schema } from './schema.ts';

/** Stored bytes; what is smaller stays, it is read long afterwards and costs nothing. */
const largeFrom = 4_096;

/**
 * Slack tries an event for six minutes, and for a day where delayed events are switched on (slack.md 1.6); a form counts for an
 * hour. Twice the longest.
 */
const keepDeliveriesMs = 2 * 24 * 3_600_000;

export interface Tidied {
  readonly documents: number;
  readonly deliveries: number;
}

/**
 * Takes the text of large documents out of restores whose last event is older than `keepDocumentsMs`; name, sha256 and the
 * instant stay. What this bot did not write is left as it is. SQLite uses the room again; the file does not shrink.
 */
export async function tidy(
  db: Kysely<Schema>,
  at: { key: JournalKey; chains: Chains; now: number; keepDocumentsMs: number },
): Promise<Tidied> {
  const { now, keepDocumentsMs } = at;
  const before = now - keepDocumentsMs;
  let documents = 0;
  for (const { restoreId, open } of await at.chains.listRestores(db)) {
    if (open || (await lastEventAt(db, restoreId)) >= before) continue;
    documents += await removeLarge(db, { ...at, restoreId });
  }
  const pruned = await db
    .deleteFrom('inbox')
    .where('at', '<', now - keepDeliveriesMs)
    .executeTakeFirst();
  return { documents, deliveries: Number(pruned.numDeletedRows) };
}

async function removeLarge(
  db: Kysely<Schema>,
  { key, now, restoreId }: { key: JournalKey; now: number; restoreId: string },
): Promise<number> {
  const large = await db
    .selectFrom('documents')
    // Not the text, which may be large.
    .select((row) => [
      'restore_id',
      'name',
      'encoding',
      'sha256',
      'version',
      'removed_at',
      'mac',
      row.val('').as('body'),
    ])
    .where('restore_id', '=', restoreId)
    .where((row) => row.fn('length', ['body']), '>=', largeFrom)
    .execute();
  let removed = 0;
  for (const found of large) {
    const row = readRow('documents', rows.documents, found);
    if (!keyedDocument.isOurs(key, row)) continue;
    await db
      .updateTable('documents')
      .set(keyedDocument.withMac(key, { ...row, body: toBody(db, ''), encoding: 'text', removed_at: now }))
      .where('restore_id', '=', restoreId)
      .where('name', '=', row.name)
      .execute();
    removed += 1;
  }
  return removed;
}

async function lastEventAt(db: Kysely<Schema>, restoreId: string): Promise<number> {
  const last = await db
    .selectFrom('events')
    .select('at')
    .where('restore_id', '=', restoreId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.at ?? Number.POSITIVE_INFINITY;
}
