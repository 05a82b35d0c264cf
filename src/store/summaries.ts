/**
 * Journals in short, on SQL. A summary is believed for as long as its journal ends with the event that it names, by that event's
 * MAC; what was changed before that event is found by whoever reads the journal itself. So none is ever deleted for being old.
 */
import type { Kysely } from 'kysely';
import type { KeptSummary } from '../aurora/journal.ts';
import type { JournalKey } from './journal-key.ts';
import { keyedSummary } from './keyed-rows.ts';
import { rows, type Schema } from './schema.ts';

const fewMax = 20;

/** What is not there, broken, or of an earlier event is left out: it can be made again. */
export async function readSummaries(
  db: Kysely<Schema>,
  { key, restoreIds }: { key: JournalKey; restoreIds?: readonly string[] | undefined },
): Promise<ReadonlyMap<string, KeptSummary>> {
  if (restoreIds?.length === 0) return new Map();
  // Where there are many, all of them are read: SQLite takes so many values and no more.
  const few = restoreIds !== undefined && restoreIds.length <= fewMax ? restoreIds : null;
  const found = await db
    .selectFrom('summaries')
    .innerJoin('events', (join) =>
      join
        .onRef('events.restore_id', '=', 'summaries.restore_id')
        .onRef('events.seq', '=', 'summaries.seq')
        .onRef('events.mac', '=', 'summaries.head'),
    )
    .selectAll('summaries')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('events as later')
            .select('later.seq')
            .whereRef('later.restore_id', '=', 'summaries.restore_id')
            .whereRef('later.seq', '>', 'summaries.seq'),
        ),
      ),
    )
    .$if(few !== null, (query) => query.where('summaries.restore_id', 'in', few ?? []))
    .execute();
  const kept = new Map<string, KeptSummary>();
  for (const each of found) {
    const { success, data: row } = rows.summaries.safeParse(each);
    if (success && keyedSummary.isOurs(key, row))
      kept.set(row.restore_id, { text: row.body, version: row.version });
  }
  return kept;
}

/** Inserts or replaces. */
export async function writeSummary(
  db: Kysely<Schema>,
  { key, head, summary }: { key: JournalKey; head: Schema['events']; summary: KeptSummary },
): Promise<void> {
  const { text: body, version } = summary;
  const row = { restore_id: head.restore_id, seq: head.seq, head: head.mac ?? '', body, version };
  const values = keyedSummary.withMac(key, row);
  await db
    .insertInto('summaries')
    .values(values)
    .onConflict((conflict) => conflict.column('restore_id').doUpdateSet(values))
    .execute();
}
