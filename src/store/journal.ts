/**
 * The journal on SQL. Promises: an append is one transaction; sequences have no gaps; every record is chained to the one
 * before it by hash; what could not be read back is not written.
 */
import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { canonicalJson } from '../aurora/canonical-json.ts';
import { errorCodes } from '../aurora/error-codes.ts';
import { AuroraError, messageOf } from '../aurora/errors.ts';
import { type Journal, JournalUnreadable, type Recorded } from '../aurora/journal.ts';
import { readStored, type StoredForm } from '../aurora/stored-form.ts';
import { assertHeld } from './leases.ts';
import { faultOf, readRow, rows, type Schema } from './schema.ts';

export function journalOn<E>(db: Kysely<Schema>, form: StoredForm<E>): Journal<E> {
  const listeners = new Set<(restoreId: string) => void>();
  const tell = (restoreId: string): void => {
    for (const listener of listeners) listener(restoreId);
  };
  const events = new ParsedEvents(form);
  return {
    open: async ({ restoreId, cluster, at, event }) => {
      const records = await db.transaction().execute(async (trx) => {
        const busy = await trx
          .selectFrom('restores')
          .select('restore_id')
          .where('cluster', '=', cluster)
          .where('open', '=', 1)
          .executeTakeFirst();
        if (busy !== undefined) throw clusterBusy(cluster, busy.restore_id);
        await trx
          .insertInto('restores')
          .values({ restore_id: restoreId, cluster, open: 1, created_at: at })
          .execute();
        return await insertEvents(trx, { restoreId, at, events: events.write([event]), last: null });
      });
      tell(restoreId);
      return records;
    },
    append: async ({ restoreId, expectedSeq, at, events: appended, lease, ends }) => {
      const records = await db.transaction().execute(async (trx) => {
        if (lease !== undefined) await assertHeld(trx, lease);
        const last = await trx
          .selectFrom('events')
          .select(['seq', 'hash'])
          .where('restore_id', '=', restoreId)
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (last === undefined || last.seq !== expectedSeq) throw journalMoved(restoreId);
        const inserted = await insertEvents(trx, { restoreId, at, events: events.write(appended), last });
        if (ends === true)
          await trx.updateTable('restores').set({ open: 0 }).where('restore_id', '=', restoreId).execute();
        return inserted;
      });
      tell(restoreId);
      return records;
    },
    read: async (restoreId, afterSeq = 0) => {
      const found = await db
        .selectFrom('events')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .execute();
      const records: Recorded<E>[] = [];
      for (const row of found) {
        try {
          const { seq, at, hash } = row;
          records.push({ restoreId, seq, at, event: events.read(row), hash });
        } catch (error) {
          throw new JournalUnreadable({ restoreId, seq: row.seq, why: messageOf(error), readable: records });
        }
      }
      return records;
    },
    listRestores: async ({ open, cluster }) => {
      let query = db.selectFrom('restores').selectAll().orderBy('created_at');
      if (open !== undefined) query = query.where('open', '=', open ? 1 : 0);
      if (cluster !== undefined) query = query.where('cluster', '=', cluster);
      return (await query.execute()).map((row) => {
        const { restore_id: restoreId, cluster: of, open: isOpen } = readRow('restores', rows.restores, row);
        return { restoreId, cluster: of, open: isOpen === 1 };
      });
    },
    nextRestoreId: async () => {
      const row = await db
        .insertInto('counters')
        .values({ name: 'restore', value: 1 })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql`counters.value + 1` }))
        .returning('value')
        .executeTakeFirstOrThrow();
      return `R${row.value}`;
    },
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Hash of a record: over the hash before it and everything in it. Also what `record verify` recomputes. */
export function chainHash(
  previous: string,
  record: { restoreId: string; seq: number; at: number; event: unknown },
): string {
  return createHash('sha256').update(previous).update(canonicalJson(record)).digest('hex');
}

/** Texts and events that are known to belong together: whole journals are read again and again. */
class ParsedEvents<E> {
  readonly #form: StoredForm<E>;
  readonly #known = new Map<string, E>();

  constructor(form: StoredForm<E>) {
    this.#form = form;
  }

  read(row: unknown): E {
    const parsed = rows.events.safeParse(row);
    if (!parsed.success) throw new Error(`its row is broken (${faultOf(parsed.error)})`);
    const { body: text, version } = parsed.data;
    const known = version > this.#form.version ? undefined : this.#known.get(text);
    return known ?? this.#keep(text, version);
  }

  /** As they will be read back. */
  write(events: readonly E[]): { body: string; event: E; version: number }[] {
    const { version } = this.#form;
    return events.map((event) => {
      const body = canonicalJson(event);
      try {
        return { body, event: this.#keep(body, version), version };
      } catch (error) {
        throw new Error(`an event was not written, for it could not be read back: ${messageOf(error)}`);
      }
    });
  }

  #keep(text: string, version: number): E {
    const event = readStored(this.#form, { text, version });
    if (this.#known.size === keptEvents) this.#known.clear();
    this.#known.set(text, event);
    return event;
  }
}

/** Far more than the restores of a bot that are still told about. */
const keptEvents = 20_000;

async function insertEvents<E>(
  trx: Transaction<Schema>,
  entry: {
    restoreId: string;
    at: number;
    events: readonly { body: string; event: E; version: number }[];
    last: { seq: number; hash: string } | null;
  },
): Promise<Recorded<E>[]> {
  const { restoreId, at } = entry;
  const records: Recorded<E>[] = [];
  let { seq, hash } = entry.last ?? { seq: 0, hash: '' };
  for (const { body, event, version } of entry.events) {
    seq += 1;
    hash = chainHash(hash, { restoreId, seq, at, event });
    await trx.insertInto('events').values({ restore_id: restoreId, seq, at, body, hash, version }).execute();
    records.push({ restoreId, seq, at, event, hash });
  }
  return records;
}

function clusterBusy(cluster: string, restoreId: string): AuroraError {
  return new AuroraError({
    code: errorCodes.clusterBusy,
    message: `\`${cluster}\` has a restore already: ${restoreId}.`,
    hint: `One at a time: look at it with \`/aurora status ${cluster}\`.`,
  });
}

function journalMoved(restoreId: string): AuroraError {
  return new AuroraError({
    code: errorCodes.journalMoved,
    message: `The journal of ${restoreId} has moved on.`,
    hint: 'Read it again and decide again.',
  });
}
