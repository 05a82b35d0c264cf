/**
 * The journal on SQL. Promises: an append is one transaction; sequences have no gaps; every record is chained to the one
 * before it, by hash for everybody and by MAC for this bot; nothing is added to what is not as it was written; what could not
 * be read back is not written.
 */
import type { Kysely, Transaction } from 'kysely';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError } from '../aurora/errors.ts';
import { clusterBusy, type Journal, JournalBroken, type Recorded } from '../aurora/journal.ts';
import { restoreNumber } from '../aurora/name-schemas.ts';
import type { StoredForm } from '../aurora/stored-form.ts';
import { chainHash } from './chain-hash.ts';
import { type Chains, keyedRestore, macOfEvent } from './chains.ts';
import { isPostgres, oneAtATime } from './engines.ts';
import type { JournalKey } from './journal-key.ts';
import { assertHeld } from './leases.ts';
import { ParsedEvents } from './parsed-events.ts';
import { readingOn } from './read-journal.ts';
import type { Schema } from './schema.ts';
import { readSummaries, writeSummary } from './summaries.ts';
import type { Writer } from './writer.ts';

type EventRow = Schema['events'];

/** Writes only what `writer` may, and has it tell the others. */
export function journalOn<E>(
  db: Kysely<Schema>,
  { form, key, writer, chains }: { form: StoredForm<E>; key: JournalKey; writer: Writer; chains: Chains },
): Journal<E> {
  const listeners = new Set<(restoreId: string) => void>();
  const events = new ParsedEvents(form);
  const committed = (restoreId: string, inserted: Inserted<E>): readonly Recorded<E>[] => {
    chains.extend(restoreId, inserted.rows);
    for (const listener of listeners) listener(restoreId);
    return inserted.records;
  };
  return {
    ...readingOn(db, { chains, events }),
    open: async ({ restoreId, cluster, at, event }) => {
      const inserted = await db.transaction().execute(async (trx) => {
        await writer.assertMayWrite(trx);
        await oneAtATime(trx, 'open a restore');
        const doubtful = await chains.findDoubtful(trx);
        if (doubtful !== null) throw cannotTellWhoIsBusy(doubtful);
        const busy = (await chains.listRestores(trx)).find((each) => each.open && each.cluster === cluster);
        if (busy !== undefined) throw clusterBusy(cluster, busy.restoreId);
        const row = { restore_id: restoreId, cluster, open: 1, created_at: at, keyed_from: 1 } as const;
        await trx.insertInto('restores').values(keyedRestore(key, row)).execute();
        await writer.announce(trx, restoreId);
        return await insertEvents(trx, { restoreId, at, events: events.write([event]), last: null, key });
      });
      return committed(restoreId, inserted);
    },
    append: async ({ restoreId, expectedSeq, at, events: appended, lease, ends, summarise }) => {
      const inserted = await db.transaction().execute(async (trx) => {
        await writer.assertMayWrite(trx);
        await lockRestore(trx, restoreId);
        if (lease !== undefined) await assertHeld(trx, lease);
        const { events: newest, broken } = await chains.readHead(trx, restoreId);
        if (broken !== null) throw new JournalBroken({ restoreId, ...broken });
        const last = newest.at(-1);
        if (last === undefined || last.seq !== expectedSeq) throw journalMoved(restoreId);
        const entry = { restoreId, at, events: events.write(appended), last, key };
        const written = await insertEvents(trx, entry);
        if (ends === true) await close(trx, restoreId, key);
        await writer.announce(trx, restoreId);
        const summary = summarise?.(written.records) ?? null;
        const head = written.rows.at(-1);
        if (summary !== null && head !== undefined) await writeSummary(trx, { key, head, summary });
        return written;
      });
      return committed(restoreId, inserted);
    },
    readSummaries: async (restoreIds) => await readSummaries(db, { key, restoreIds }),
    keepSummary: async ({ restoreId, seq, summary }) =>
      await db.transaction().execute(async (trx) => {
        await writer.assertMayWrite(trx);
        await lockRestore(trx, restoreId);
        const { events: newest, broken } = await chains.readHead(trx, restoreId);
        const head = newest.at(-1);
        if (broken === null && head?.seq === seq) await writeSummary(trx, { key, head, summary });
      }),
    nextRestoreId: async () =>
      await db.transaction().execute(async (trx) => {
        await writer.assertMayWrite(trx);
        await oneAtATime(trx, 'name a restore');
        const counter = await trx
          .selectFrom('counters')
          .select('value')
          .where('name', '=', 'restore')
          .executeTakeFirst();
        // What is there, or was, is never named again, whatever has become of the counter.
        const given = (await chains.listRestores(trx)).map(({ restoreId }) => restoreNumber(restoreId));
        const value = Math.max(counter?.value ?? 0, ...given) + 1;
        await trx
          .insertInto('counters')
          .values({ name: 'restore', value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute();
        return `R${value}`;
      }),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Inserted<E> {
  readonly records: readonly Recorded<E>[];
  readonly rows: readonly EventRow[];
}

async function insertEvents<E>(
  trx: Transaction<Schema>,
  entry: {
    restoreId: string;
    at: number;
    events: readonly { body: string; event: E; version: number }[];
    last: EventRow | null;
    key: JournalKey;
  },
): Promise<Inserted<E>> {
  const { restoreId, at, key } = entry;
  const inserted: { records: Recorded<E>[]; rows: EventRow[] } = { records: [], rows: [] };
  let { seq, hash, mac } = entry.last ?? { seq: 0, hash: '', mac: '' };
  for (const { body, event, version } of entry.events) {
    seq += 1;
    hash = chainHash(hash, { restoreId, seq, at, event });
    const row = { restore_id: restoreId, seq, at, body, hash, version };
    mac = macOfEvent(key, row, mac ?? '');
    await trx
      .insertInto('events')
      .values({ ...row, mac })
      .execute();
    inserted.records.push({ restoreId, seq, at, event, hash });
    inserted.rows.push({ ...row, mac });
  }
  return inserted;
}

/** Until the end of the transaction nobody else adds to its journal. SQLite lets one write at a time in any case. */
async function lockRestore(trx: Transaction<Schema>, restoreId: string): Promise<void> {
  if (!isPostgres(trx)) return;
  await trx
    .selectFrom('restores')
    .select('restore_id')
    .where('restore_id', '=', restoreId)
    .forUpdate()
    .execute();
}

/** The cluster is free for another restore. */
async function close(trx: Transaction<Schema>, restoreId: string, key: JournalKey): Promise<void> {
  const row = await trx
    .selectFrom('restores')
    .selectAll()
    .where('restore_id', '=', restoreId)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('restores')
    .set(keyedRestore(key, { ...row, open: 0 }))
    .where('restore_id', '=', restoreId)
    .execute();
}

function cannotTellWhoIsBusy(restoreId: string): AuroraError {
  return new AuroraError({
    code: 'journal-broken',
    message: `What the database says about ${restoreId} is not as this bot wrote it: nobody can tell which cluster has a restore.`,
    hint: 'Somebody else has written to the database. Put it back from its copy, or start with an empty directory for the state of the bot.',
  });
}

function journalMoved(restoreId: string): AuroraError {
  return new AuroraError({
    code: errorCodes.journalMoved,
    message: `The journal of ${restoreId} has moved on.`,
    hint: 'Read it again and decide again.',
  });
}
