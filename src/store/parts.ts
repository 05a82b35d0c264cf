/** A store and a reader, put together from what each table has: the same on both engines. */
import { type Kysely, sql } from 'kysely';
import type { FleetHistory } from '../aurora/fleet.ts';
import type { Documents, Journal, Leases, PackedDocuments } from '../aurora/journal.ts';
import type { OtherBots } from '../aurora/other-bots.ts';
import type { Inbox, PostLedger } from '../aurora/outbox.ts';
import type { StoreIdentity } from '../aurora/store-identity.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import type { WatchKeeper } from '../aurora/watch.ts';
import { Chains } from './chains.ts';
import { listRemoved, packedDocumentsOn, type RemovedDocument } from './documents.ts';
import { identityOn } from './identity.ts';
import { journalOn } from './journal.ts';
import type { JournalKey } from './journal-key.ts';
import { leasesOn, passFence } from './leases.ts';
import { ledgerOn } from './ledger.ts';
import { documentsOver } from './packing.ts';
import { ParsedEvents } from './parsed-events.ts';
import { type ReadJournal, readingOn } from './read-journal.ts';
import type { Schema } from './schema.ts';
import { seenBackupsOn } from './seen-backups.ts';
import { type Tidied, tidy } from './tidy.ts';
import { watchesOn } from './watches.ts';
import type { Writer } from './writer.ts';

const yearAndAMonthMs = 400 * 86_400_000;

export interface Store<E>
  extends Journal<E>,
    Leases,
    Documents,
    PackedDocuments,
    PostLedger,
    Inbox,
    FleetHistory,
    WatchKeeper {
  /** Restores are named after this number from now on; for a database that takes the place of a lost one. */
  passNames(upTo: number): Promise<void>;
  /** Leases of this cluster have higher fencing tokens than this from now on; for the same case. */
  passFence(cluster: string, upTo: number): Promise<void>;
  readonly identity: StoreIdentity;
  /** Those that write to the same database; `null` on an engine that takes one bot. */
  readonly others: OtherBots | null;
  /** Takes away what nobody needs any more, as tidy.ts says. */
  tidy(at: { now: number; keepDocumentsMs: number }): Promise<Tidied>;
  close(): Promise<void>;
}

/** Where a journal is read beside the bot that writes it. */
export interface StoreReader<E> extends ReadJournal<E> {
  /** False: no bot of this version has been started on it, and hashes alone were followed. */
  readonly keyed: boolean;
  /** The documents of a restore that the rule for old ones has removed, by name. */
  listRemoved(restoreId: string): Promise<readonly RemovedDocument[]>;
  close(): Promise<void>;
}

export interface Opening<E> {
  /** Events are read back in it. */
  readonly form: StoredForm<E>;
  readonly key: JournalKey;
  /** How long it is remembered that a backup was there. */
  readonly keepHistoryMs?: number;
}

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
