/** The half of a journal that only reads: also that of a program beside a running bot. */
import type { Kysely } from 'kysely';
import { messageOf } from '../aurora/errors.ts';
import { type Journal, JournalBroken, JournalUnreadable, type Recorded } from '../aurora/journal.ts';
import type { Chains } from './chains.ts';
import type { ParsedEvents } from './parsed-events.ts';
import type { Schema } from './schema.ts';

export type ReadJournal<E> = Pick<Journal<E>, 'read' | 'listRestores' | 'keyedFrom'>;

export function readingOn<E>(
  db: Kysely<Schema>,
  { chains, events }: { chains: Chains; events: ParsedEvents<E> },
): ReadJournal<E> {
  return {
    read: async (restoreId, afterSeq = 0) => {
      const found = await chains.read(db, restoreId, afterSeq);
      const records: Recorded<E>[] = [];
      for (const row of found.events) {
        const { seq, at, hash } = row;
        try {
          records.push({ restoreId, seq, at, event: events.read(row), hash });
        } catch (error) {
          throw new JournalUnreadable({ restoreId, seq, why: messageOf(error), readable: records });
        }
      }
      if (found.broken !== null) throw new JournalBroken({ restoreId, ...found.broken, readable: records });
      return records;
    },
    listRestores: async ({ open, cluster }) =>
      (await chains.listRestores(db)).filter(
        (restore) =>
          (open === undefined || restore.open === open) &&
          (cluster === undefined || restore.cluster === cluster),
      ),
    keyedFrom: async (restoreId) => await chains.readKeyedFrom(db, restoreId),
  };
}
