/** A store and a reader, put together from what each table has: the same on both engines. */
import { type Kysely, sql } from 'kysely';
import type { OtherBots } from '../aurora/other-bots.ts';
import { Chains } from './chains.ts';
import { listRemoved, packedDocumentsOn } from './documents.ts';
import { identityOn } from './identity.ts';
import { journalOn } from './journal.ts';
import { leasesOn, passFence } from './leases.ts';
import { ledgerOn } from './ledger.ts';
import { documentsOver } from './packing.ts';
import { ParsedEvents } from './parsed-events.ts';
import { readingOn } from './read-journal.ts';
import type { Schema } from './schema.ts';
import { seenBackupsOn } from './seen-backups.ts';
import type { Opening, Store, StoreReader } from './store.ts';
import { tidy } from './tidy.ts';
import { watchesOn } from './watches.ts';
import type { Writer } from './writer.ts';

const yearAndAMonthMs = 400 * 86_400_000;

interface Parts<E> extends Opening<E> {
  /** Of this start of the bot. */
  readonly incarnation: string;
  readonly writer: Writer;
  readonly others: OtherBots | null;
  close(): Promise<void>;
}

export async function storeOn<E>(db: Kysely<Schema>, parts: Parts<E>): Promise<Store<E>> {
  const { form, key, writer, incarnation, others, keepHistoryMs = yearAndAMonthMs, close } = parts;
  const chains = new Chains(key);
  const packed = packedDocumentsOn(db, key);
  return {
    ...journalOn(db, { form, key, writer, chains }),
    ...leasesOn(db, writer),
    ...packed,
    ...documentsOver(packed),
    passFence: async (cluster, upTo) => await passFence(db, { cluster, upTo }),
    identity: await identityOn(db, incarnation),
    others,
    ...ledgerOn(db, key),
    ...seenBackupsOn(db, { keepMs: keepHistoryMs }),
    ...watchesOn(db, key),
    passNames: async (value) => {
      await db
        .insertInto('counters')
        .values({ name: 'restore', value })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({
            value: sql`CASE WHEN counters.value > ${value} THEN counters.value ELSE ${value} END`,
          }),
        )
        .execute();
    },
    tidy: async (at) => await tidy(db, { key, chains, ...at }),
    close,
  };
}

export function readerOn<E>(
  db: Kysely<Schema>,
  { form, key, keyed }: Opening<E> & { keyed: boolean },
): StoreReader<E> {
  const chains = new Chains(keyed ? key : null);
  const events = new ParsedEvents(form);
  return {
    ...readingOn(db, { chains, events }),
    listRemoved: async (restoreId) => await listRemoved(db, { key, restoreId }),
    keyed,
    close: () => db.destroy(),
  };
}
