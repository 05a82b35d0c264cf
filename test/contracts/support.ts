/** What the suites of the ports are run against: every way in which a test or a bot has one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import type { Documents, Journal, Leases } from '../../src/aurora/journal.ts';
import type { Inbox, PostLedger } from '../../src/aurora/outbox.ts';
import { eventForm, type RestoreEvent } from '../../src/restore/record/events.ts';
import { openPostgresStore } from '../../src/store/postgres-store.ts';
import { openSqliteStore, type Store } from '../../src/store/store.ts';
import { Mortality } from '../restore/support/mortality.ts';
import { CutOff } from '../scenarios/support/cut-off.ts';
import { Freezable } from '../scenarios/support/freezable.ts';
import { testKey } from '../support/journal-key.ts';
import { closeSharedPostgres, newPostgresPlace } from '../support/postgres-place.ts';

interface Ports {
  readonly journal: Journal<RestoreEvent>;
  readonly leases: Leases;
  readonly documents: Documents;
  readonly inbox: Inbox;
  readonly ledger: PostLedger;
  /** Lets time pass where it is the engine's own; `null` where whoever asks says what time it is. */
  readonly pass: ((ms: number) => Promise<void>) | null;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A file for a database, gone after the test. */
export async function newDatabase(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-store-'));
  ends.push(() => rm(directory, { recursive: true }));
  return join(directory, 'bot.sqlite');
}

/** A store for one test. */
export async function openStore(path: string, form = eventForm): Promise<Store<RestoreEvent>> {
  const store = await openSqliteStore(path, { form, key: testKey });
  ends.push(() => store.close());
  return store;
}

function portsOf(store: Store<RestoreEvent>, life = new Mortality(null)): Ports {
  return {
    journal: life.wrapJournal(store),
    leases: life.wrapLeases(store),
    documents: life.wrapDocuments(store),
    inbox: store,
    ledger: store,
    pass: null,
  };
}

const bare = (store: Store<RestoreEvent>): Ports => ({
  journal: store,
  leases: store,
  documents: store,
  inbox: store,
  ledger: store,
  pass: null,
});

// Suites of the contracts run each in a process of its own, so this is every one's.
afterAll(closeSharedPostgres);

/** In a database of its own, on a server that one file of tests shares. */
async function openPostgresPorts(): Promise<Ports> {
  const { place, ask } = await newPostgresPlace();
  const store = await openPostgresStore(place, { form: eventForm, key: testKey });
  ends.push(() => store.close());
  return {
    ...bare(store),
    pass: async (ms) => {
      await ask(`UPDATE leases SET expires_at = expires_at - ${ms}`);
    },
  };
}

/** By name; each opens an empty one. */
export const implementations: readonly (readonly [string, () => Promise<Ports>])[] = [
  ['SQLite in a file', async () => bare(await openStore(await newDatabase()))],
  ['PostgreSQL', openPostgresPorts],
  ['SQLite in memory', async () => bare(await openStore(':memory:'))],
  ['a worker that can die', async () => portsOf(await openStore(':memory:'))],
  [
    'a replica that can stand still',
    async () =>
      portsOf(
        await openStore(':memory:'),
        new Freezable(
          () => false,
          () => Promise.resolve(),
        ),
      ),
  ],
  [
    'a replica that can be cut off',
    async () => {
      const ports = bare(await openStore(':memory:'));
      return { ...ports, leases: new CutOff().wrap(ports.leases) };
    },
  ],
];

/** How a refusal is known: by its code. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
