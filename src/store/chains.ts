/**
 * What a journal is believed by: each event's MAC is over the one before it, and whoever reads verifies. The database may be
 * written by somebody else while the bot runs, so nothing counts because it was right before: what this process has read
 * must still be there, and what is new must follow it.
 */
import type { Kysely } from 'kysely';
import { chainHash } from './chain-hash.ts';
import type { JournalKey } from './journal-key.ts';
import { faultOf, readRow, rows, type Schema } from './schema.ts';

type EventRow = Schema['events'];
type RestoreRow = Schema['restores'];

/** Events in order, as far as they are as they were written. */
interface Verified {
  readonly events: readonly EventRow[];
  /** The first one that is not. */
  readonly broken: { readonly seq: number; readonly why: string } | null;
}

/** An event that was verified, and what the next one follows. */
interface Head {
  readonly seq: number;
  readonly link: string;
}

/** The MAC of an event; `previous` is that of the event before it, empty for the first. */
export function macOfEvent(key: JournalKey, row: Omit<EventRow, 'mac'>, previous: string): string {
  return key.mac('event', eventFields(row, previous));
}

/** The row of a restore with its MAC. */
export function keyedRestore(key: JournalKey, row: Omit<RestoreRow, 'mac'>): RestoreRow {
  return { ...row, mac: key.mac('restore', restoreFields(row)) };
}

export class Chains {
  readonly #key: JournalKey | null;
  /** By restore, what this process has verified: to compare is two hundred times cheaper than a MAC, and no weaker. */
  readonly #known = new Map<string, EventRow[]>();
  /** Of ended restores whose events are not kept in memory any more, the newest one seen: what is before it is bound to its MAC. */
  readonly #heads = new Map<string, Head>();
  /** Ended restores whose events are in memory, the one longest not asked about first. */
  readonly #ended = new Set<string>();
  /** Rows of restores as they were verified. */
  readonly #seen = new Map<string, RestoreRow>();

  /** Without a key: a database that no bot has keyed yet, where hashes alone can be followed. */
  constructor(key: JournalKey | null) {
    this.#key = key;
  }

  /** What follows `afterSeq`. What is before it, and not known yet, is verified with it. */
  async read(db: Kysely<Schema>, restoreId: string, afterSeq: number): Promise<Verified> {
    const known = this.#known.get(restoreId) ?? [];
    // Before the question: journals only grow.
    const head = this.#heads.get(restoreId);
    const seen = Math.max(known.length, head?.seq ?? 0);
    // With one that is known already, so that it is seen when that is gone.
    const from = Math.min(afterSeq, known.length);
    const ask = () =>
      db
        .selectFrom('events')
        .selectAll()
        .where('restore_id', '=', restoreId)
        .where('seq', '>=', from)
        .orderBy('seq')
        .execute();
    let found = await ask();
    const row = await this.#findRestore(db, restoreId);
    // It was opened between the two questions.
    if (found.length === 0 && row !== undefined && seen === 0) found = await ask();
    if (row === undefined && found.length === 0 && !this.#seen.has(restoreId))
      return { events: [], broken: null };
    const doubt = this.#faultOfRestore(row);
    if (doubt !== null) return { events: [], broken: { seq: 1, why: doubt } };
    this.#known.set(restoreId, known);
    const { events, broken } = this.#follow(found, { known, from, head });
    this.#makeRoom(restoreId, { open: row?.open === 1 });
    const last = events.at(-1)?.seq;
    const next = last === undefined ? Math.max(from, 1) : last + 1;
    const fault = next <= Math.max(seen, 1) ? { seq: next, why: gone } : null;
    const read =
      (broken ?? fault) !== null && from > 0
        ? // From the start, to name the first that is wrong.
          await this.read(db, restoreId, 0)
        : { events, broken: broken ?? fault };
    return { ...read, events: read.events.filter(({ seq }) => seq > afterSeq) };
  }

  /** The newest event, for the next one to follow; the same as `read` otherwise. */
  async readHead(db: Kysely<Schema>, restoreId: string): Promise<Verified> {
    return await this.read(db, restoreId, Math.max(0, (this.#known.get(restoreId)?.length ?? 0) - 1));
  }

  /** Oldest first. One that is not as it was written, or gone, counts as open: it is not the past, and `read` says what it is. */
  async listRestores(db: Kysely<Schema>): Promise<{ restoreId: string; cluster: string; open: boolean }[]> {
    const seen = [...this.#seen];
    const found = await db.selectFrom('restores').selectAll().orderBy('created_at').execute();
    const restores = found.map((each) => {
      const row = readRow('restores', rows.restores, { ...unkeyed, ...each });
      const open = row.open === 1 || this.#faultOfRestore(row) !== null;
      return { restoreId: row.restore_id, cluster: row.cluster, open };
    });
    const there = new Set(restores.map(({ restoreId }) => restoreId));
    const lost = seen.filter(([restoreId]) => !there.has(restoreId));
    return [...restores, ...lost.map(([restoreId, { cluster }]) => ({ restoreId, cluster, open: true }))];
  }

  /** A restore whose row cannot be believed might be of any cluster, and open. */
  async findDoubtful(db: Kysely<Schema>): Promise<string | null> {
    const found = await db.selectFrom('restores').selectAll().execute();
    const doubtful = found.find((row) => this.#faultOfRestore({ ...unkeyed, ...row }) !== null);
    const there = new Set(found.map((row) => row.restore_id));
    return doubtful?.restore_id ?? [...this.#seen.keys()].find((id) => !there.has(id)) ?? null;
  }

  /** 0 for one whose row cannot be believed, or in a database without a key. */
  async readKeyedFrom(db: Kysely<Schema>, restoreId: string): Promise<number> {
    const row = await this.#findRestore(db, restoreId);
    return this.#faultOfRestore(row) === null ? (row?.keyed_from ?? 0) : 0;
  }

  /** What was committed by this process. */
  extend(restoreId: string, events: readonly EventRow[]): void {
    const known = this.#known.get(restoreId) ?? [];
    for (const event of events) if (event.seq === known.length + 1) known.push(event);
    this.#known.set(restoreId, known);
  }

  async #findRestore(db: Kysely<Schema>, restoreId: string): Promise<RestoreRow | undefined> {
    const found = await db
      .selectFrom('restores')
      .selectAll()
      .where('restore_id', '=', restoreId)
      .executeTakeFirst();
    return found === undefined ? undefined : { ...unkeyed, ...found };
  }

  #faultOfRestore(row: RestoreRow | undefined): string | null {
    if (row === undefined) return 'the restore itself is gone from the database';
    const seen = this.#seen.get(row.restore_id);
    if (seen !== undefined && isSameRestore(seen, row)) return null;
    if (this.#key?.holds('restore', restoreFields(row), row.mac) === false)
      return 'what is kept about the restore itself is not as it was written';
    this.#seen.set(row.restore_id, row);
    return null;
  }

  /** What has ended is asked about seldom; of all but a few such restores one MAC is kept, which says as much. */
  #makeRoom(restoreId: string, { open }: { open: boolean }): void {
    this.#ended.delete(restoreId);
    if (!open) this.#ended.add(restoreId);
    const [longest] = this.#ended;
    if (longest === undefined || this.#ended.size <= keptEnded) return;
    const last = this.#known.get(longest)?.at(-1);
    if (last !== undefined) this.#heads.set(longest, { seq: last.seq, link: this.#linkOf(last) });
    this.#known.delete(longest);
    this.#ended.delete(longest);
  }

  #follow(
    found: readonly EventRow[],
    at: { known: EventRow[]; from: number; head?: Head | undefined },
  ): Verified {
    const { known, head } = at;
    const events: EventRow[] = [];
    let seq = Math.max(1, at.from);
    for (const each of found) {
      const before = known[seq - 1];
      if (before !== undefined && isSame(before, each)) {
        events.push(before);
        seq += 1;
        continue;
      }
      const parsed = rows.events.safeParse({ ...unkeyed, ...each });
      if (!parsed.success)
        return { events, broken: { seq, why: `its row is broken (${faultOf(parsed.error)})` } };
      const row = parsed.data;
      const last = known[seq - 2];
      const previous = last === undefined ? '' : this.#linkOf(last);
      const why = this.#faultOfEvent(row, { seq, previous });
      if (why !== null) return { events, broken: { seq, why } };
      if (before !== undefined || (head?.seq === seq && head.link !== this.#linkOf(row)))
        return { events, broken: { seq, why: 'it is another one than this bot has read there before' } };
      known[seq - 1] = row;
      events.push(row);
      seq += 1;
    }
    return { events, broken: null };
  }

  #faultOfEvent(row: EventRow, due: { seq: number; previous: string }): string | null {
    if (row.seq !== due.seq) return gone;
    if (this.#key === null) return followsByHash(row, due.previous) ? null : changed;
    if (row.mac === null) return 'it carries no mark of this bot, which did not write it';
    return this.#key.holds('event', eventFields(row, due.previous), row.mac) ? null : changed;
  }

  #linkOf(row: EventRow): string {
    return this.#key === null ? row.hash : (row.mac ?? '');
  }
}

/** Whether the event has the hash that it should have after that one. */
function followsByHash(row: EventRow, previous: string): boolean {
  const { restore_id: restoreId, seq, at, body, hash } = row;
  try {
    return chainHash(previous, { restoreId, seq, at, event: JSON.parse(body) as unknown }) === hash;
  } catch {
    return false;
  }
}

function isSame(a: EventRow, b: EventRow): boolean {
  return (
    a.body === b.body &&
    a.mac === b.mac &&
    a.hash === b.hash &&
    a.seq === b.seq &&
    a.at === b.at &&
    a.version === b.version
  );
}

function isSameRestore(a: RestoreRow, b: RestoreRow): boolean {
  return (
    a.mac === b.mac &&
    a.cluster === b.cluster &&
    a.open === b.open &&
    a.created_at === b.created_at &&
    a.keyed_from === b.keyed_from
  );
}

/** Restores that have ended and are kept in memory all the same: somebody is just looking at them. */
const keptEnded = 10;

const gone = 'it is gone';
const changed = 'it is not as it was written';

/** What rows lack in a database that no bot of this version has opened. */
const unkeyed = { version: 1, mac: null, keyed_from: null };

function eventFields(row: Omit<EventRow, 'mac'>, previous: string) {
  return [previous, row.restore_id, row.seq, row.at, row.body, row.hash, row.version];
}

function restoreFields(row: Omit<RestoreRow, 'mac'>) {
  return [row.restore_id, row.cluster, row.open, row.created_at, row.keyed_from ?? 0];
}
