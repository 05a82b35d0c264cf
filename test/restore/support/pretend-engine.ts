/**
 * The whole engine over a pretend cluster: the real service, worker, store, backups' craft and grants; people who do
 * what a test says; time that passes only when everybody waits. Workers can be dropped between any two writes.
 */
import { createGrantSigner, generateGrantKeys } from '../../../src/agent/grant-signer.ts';
import type { Journal, Lease, Leases } from '../../../src/aurora/journal.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';
import type { RestoreEvent } from '../../../src/restore/events.ts';
import { foldEvent, foldJournal } from '../../../src/restore/fold.ts';
import type { RestoreDeps } from '../../../src/restore/ports.ts';
import { createRestoreService, type RestoreService } from '../../../src/restore/service.ts';
import { nextItem, type RestoreState } from '../../../src/restore/state.ts';
import { RestoreWorker } from '../../../src/restore/worker.ts';
import { openSqliteStore, type Store } from '../../../src/store/store.ts';
import { FakeClock } from './fake-clock.ts';
import { Directory, dee } from './office.ts';
import { createPretendAgent, type Meddler, type SeenEffect } from './pretend-agent.ts';
import { PretendCluster } from './pretend-cluster.ts';
import { backupName, backupSha256, east } from './pretend-scene.ts';
import { ana, bo, cy, startedAt } from './story.ts';

const keys = generateGrantKeys();
/** So many turns of the loop are a restore many times over. */
const turnsMax = 5_000;

/** What people do when they see the restore at a place; each press is done once for each state. */
export type People = (service: RestoreService, state: RestoreState) => Promise<unknown> | null;

export interface WorkerOptions {
  readonly owner?: string;
  /** Wraps what the worker writes with; for dropping it and for counting. */
  readonly mortality?: Mortality;
  readonly leases?: (leases: Leases) => Leases;
}

export interface PretendEngine {
  readonly clock: FakeClock;
  readonly cluster: PretendCluster;
  readonly store: Store<RestoreEvent>;
  readonly service: RestoreService;
  readonly people: Directory;
  /** In the order in which hosts were changed, or found as asked. */
  readonly effects: SeenEffect[];
  readonly meddling: { with: Meddler | null };
  /** Owners of the workers that wrote, in the order of their first write; who writes again after another one stands twice. */
  readonly writers: string[];
  /** What the bot logged at level `error`. */
  readonly mistakes: string[];
  startWorker(options?: WorkerOptions): Promise<RestoreWorker>;
  propose(): Promise<RestoreState>;
  state(): Promise<RestoreState>;
  events(): Promise<readonly RestoreEvent[]>;
  /** Lets time pass and people act until it is so; throws when nothing moves any more or it takes too long. */
  until(what: string, isSo: (state: RestoreState) => boolean, people?: People): Promise<RestoreState>;
  close(): Promise<void>;
}

export async function openEngine(): Promise<PretendEngine> {
  const clock = new FakeClock(startedAt);
  const cluster = new PretendCluster(clock);
  const store = await openSqliteStore<RestoreEvent>(':memory:');
  const people = new Directory([ana, bo, cy, dee]);
  const effects: SeenEffect[] = [];
  const meddling: { with: Meddler | null } = { with: null };
  const mistakes: string[] = [];
  const writers: string[] = [];
  const agents = cluster.hosts.map((host) =>
    createPretendAgent({ cluster, effects, meddling, publicKey: keys.publicKey }, host),
  );
  const access = { cluster: east, agents, leader: cluster.leader, mesos: cluster.mesos };
  const clusters = new Map([[east.name, access]]);
  const workers: { worker: RestoreWorker; life: Mortality }[] = [];
  const service = createRestoreService(
    { journal: store, documents: store, people, clock, clusters },
    (restoreId) => {
      for (const { worker } of workers) worker.wake(restoreId);
    },
  );

  const depsFor = (live: Mortality, { owner = 'bot', leases }: WorkerOptions): RestoreDeps => {
    return {
      clock: { now: () => clock.now(), sleep: live.wrap((ms, signal) => clock.sleep(ms, signal)) },
      journal: live.wrapJournal({
        ...store,
        append: async (entry) => {
          const records = await store.append(entry);
          if (writers.at(-1) !== owner) writers.push(owner);
          return records;
        },
      }),
      leases: live.wrapLeases(leases?.(store) ?? store),
      documents: {
        save: live.wrap((document) => store.save(document)),
        load: live.wrap((id, name) => store.load(id, name)),
      },
      people,
      grants: createGrantSigner(keys.privateKeyPem),
      backups: backupCraft,
      clusters,
      owner,
      onProgress: () => undefined,
      log: (level, fields, message) => {
        if (level === 'error') mistakes.push(`${message}: ${JSON.stringify(fields)}`);
      },
    };
  };

  let cached: RestoreState | null = null;
  const state = async (): Promise<RestoreState> => {
    const newer = await store.read('R1', cached?.seq ?? 0);
    cached = cached === null ? foldJournal(newer) : newer.reduce(foldEvent, cached);
    return cached;
  };
  let moved = true;
  store.onAppend(() => {
    moved = true;
  });

  return {
    clock,
    cluster,
    store,
    service,
    people,
    effects,
    meddling,
    mistakes,
    writers,
    state,
    events: async () => (await store.read('R1')).map((record) => record.event),
    startWorker: async (options = {}) => {
      const life = options.mortality ?? new Mortality();
      const worker = new RestoreWorker(depsFor(life, options));
      workers.push({ worker, life });
      await worker.start();
      return worker;
    },
    propose: async () => {
      const answer = await service.propose({
        cluster: east.name,
        channel: east.channel,
        userId: ana.userId,
        reason: 'replicated log corrupt on all hosts',
        incident: 'INC-4411',
        backup: { host: 'aurora-2', name: backupName, sha256: backupSha256 },
      });
      if (!answer.ok) throw new Error(answer.refusal.message);
      return answer.state;
    },
    until: async (what, isSo, act = nobody) => {
      let actedAt = 0;
      for (let turn = 0; turn < turnsMax; turn += 1) {
        // A macrotask: whatever can go on by itself has gone on, and everybody else waits for the clock or a person.
        await new Promise((resolve) => setImmediate(resolve));
        const seen = moved || cached === null ? await state() : cached;
        moved = false;
        if (isSo(seen)) return seen;
        if (seen.ended !== null) break;
        const press = seen.seq === actedAt ? null : act(service, seen);
        actedAt = seen.seq;
        if (press !== null) await press;
        else clock.advance();
      }
      const last = (await store.read('R1')).slice(-3).map((record) => JSON.stringify(record.event));
      throw new Error(
        `waited in vain for ${what}; the journal ends in\n${last.join('\n')}\n${mistakes.join('\n')}`,
      );
    },
    close: async () => {
      // A dropped one waits for ever, as it should.
      const living = workers.filter(({ life }) => life.isAlive);
      let stopped = false;
      const stopping = Promise.all(living.map(({ worker }) => worker.stop())).finally(() => {
        stopped = true;
      });
      // It waits for what agents are doing, and they need time for it.
      while (!stopped) {
        await new Promise((resolve) => setImmediate(resolve));
        clock.advance();
      }
      await stopping;
      await store.close();
    },
  };
}

const nobody: People = () => null;

/** Bo approves the stop, bo and cy sign the commit and cy orders it, bo lets it reconcile. */
export const approving: People = (service, state) => {
  const item = nextItem(state);
  const { restoreId } = state;
  if (state.phase === 'undo' || state.stuck !== null || item === null) return null;
  if (item.kind === 'look')
    return state.look === null ? null : service.release({ restoreId, userId: bo.userId });
  if (item.kind !== 'gate') return null;
  const gate = state.gates[item.name];
  if (gate?.status !== 'open') return null;
  const { digest } = gate;
  const vote = { restoreId, gate: item.name, digest, comment: 'checked' };
  const signed = new Set(gate.signOffs.map((signOff) => signOff.person.userId));
  const next = [bo, cy].slice(0, gate.needed).find((person) => !signed.has(person.userId));
  if (next !== undefined) return service.signOff({ ...vote, userId: next.userId });
  if (item.name !== 'commit' || state.commitOrdered !== null) return null;
  return service.commit({ restoreId, digest, userId: cy.userId, typedCluster: 'east' });
};

/** Asked for each write: whether the worker dies right before or right after it. */
export type Death = (events: readonly RestoreEvent[]) => 'before' | 'after' | null;

/** The life of one worker. A dropped one neither hears nor says anything any more, as a killed process. */
export class Mortality {
  #alive = true;
  #appends = 0;
  readonly #dies: Death;
  readonly #death = Promise.withResolvers<void>();

  /** Dies before or after its `at`-th write, counted from 1, or where it is told for each write; else it does not. */
  constructor(dies: { at: number; when: 'before' | 'after' } | Death | null = null) {
    this.#dies = typeof dies === 'function' ? dies : () => (this.#appends === dies?.at ? dies.when : null);
  }

  /** Resolves when it has died. */
  get death(): Promise<void> {
    return this.#death.promise;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  die(): void {
    this.#alive = false;
    this.#death.resolve();
  }

  /** How often it has written. */
  get appends(): number {
    return this.#appends;
  }

  wrap<A extends readonly unknown[], T>(call: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
    return async (...args) => {
      if (!this.#alive) return await never<T>();
      try {
        return await this.#unlessDead(await call(...args));
      } catch (error) {
        if (!this.#alive) return await never<T>();
        throw error;
      }
    };
  }

  async #unlessDead<T>(value: T): Promise<T> {
    return this.#alive ? value : await never<T>();
  }

  wrapJournal(journal: Journal<RestoreEvent>): Journal<RestoreEvent> {
    const append: typeof journal.append = async (entry) => {
      this.#appends += 1;
      const death = this.#alive ? this.#dies(entry.events) : null;
      if (death === 'before') this.die();
      if (!this.#alive) return await never<Awaited<ReturnType<typeof journal.append>>>();
      const records = await journal.append(entry);
      if (death === 'after') this.die();
      return records;
    };
    return {
      open: this.wrap((restore) => journal.open(restore)),
      append: this.wrap(append),
      read: this.wrap((restoreId, afterSeq) => journal.read(restoreId, afterSeq)),
      listRestores: this.wrap((filter) => journal.listRestores(filter)),
      nextRestoreId: this.wrap(() => journal.nextRestoreId()),
      onAppend: (listener) => journal.onAppend(listener),
    };
  }

  wrapLeases(leases: Leases): Leases {
    return {
      acquire: this.wrap((request) => leases.acquire(request)),
      renew: this.wrap((lease: Lease, times) => leases.renew(lease, times)),
      release: this.wrap((lease) => leases.release(lease)),
    };
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
