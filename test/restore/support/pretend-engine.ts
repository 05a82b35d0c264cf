/**
 * The whole engine over a pretend cluster: the real service, worker, store, backups' craft and grants; people who do
 * what a test says; time that passes only when everybody waits. Workers can be dropped between any two writes.
 */
import { createGrantSigner, generateGrantKeys } from '../../../src/agent/grant-signer.ts';
import type { Cluster, Procedure } from '../../../src/aurora/cluster.ts';
import type { Leases, PackedDocuments } from '../../../src/aurora/journal.ts';
import type { Signatures } from '../../../src/aurora/signatures.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';
import { RestoreWorker } from '../../../src/restore/engine/worker.ts';
import type { ClusterAccess, RestoreDeps, StepThreads } from '../../../src/restore/ports.ts';
import { eventForm, type RestoreEvent } from '../../../src/restore/record/events.ts';
import { foldEvent, foldJournal } from '../../../src/restore/record/fold.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { Answer } from '../../../src/restore/service/answer.ts';
import { createRestoreService, type RestoreService } from '../../../src/restore/service/service.ts';
import { openSqliteStore, type Store } from '../../../src/store/store.ts';
import { testKey } from '../../support/journal-key.ts';
import { FakeClock } from './fake-clock.ts';
import { Mortality } from './mortality.ts';
import { Directory, dee } from './office.ts';
import { createPretendAgent, type Meddler, type SeenEffect, type StreamMeddler } from './pretend-agent.ts';
import { PretendCluster } from './pretend-cluster.ts';
import { nobody, type People } from './pretend-people.ts';
import { backupName, backupSha256, east } from './pretend-scene.ts';
import { ana, bo, cy, startedAt } from './story.ts';

const keys = generateGrantKeys();
/** So many turns of the loop are a restore many times over. */
const turnsMax = 20_000;

export type { Death } from './mortality.ts';
export { Mortality } from './mortality.ts';
export type { People } from './pretend-people.ts';
export { approving } from './pretend-people.ts';

export interface WorkerOptions {
  readonly owner?: string;
  /** Wraps what the worker writes with; for dropping it and for counting. */
  readonly mortality?: Mortality;
  readonly leases?: (leases: Leases) => Leases;
  /** Over the clusters that the engine has. */
  readonly threads?: (
    clusters: ReadonlyMap<string, ClusterAccess>,
    documents: PackedDocuments,
  ) => StepThreads;
}

export interface PretendEngine {
  readonly clock: FakeClock;
  /** The first one, and the only one unless more were asked for. */
  readonly cluster: PretendCluster;
  readonly clusters: ReadonlyMap<string, PretendCluster>;
  readonly store: Store<RestoreEvent>;
  readonly service: RestoreService;
  readonly people: Directory;
  /** In the order in which hosts were changed, or found as asked. */
  readonly effects: SeenEffect[];
  readonly meddling: { with: Meddler | null };
  readonly streaming: { with: StreamMeddler | null };
  /** Owners of the workers that wrote, in the order of their first write; who writes again after another one stands twice. */
  readonly writers: string[];
  /** What the card says is waited for, by restore. */
  readonly progress: ReadonlyMap<string, string | null>;
  /** What the bot logged at level `error`. */
  readonly mistakes: string[];
  startWorker(options?: WorkerOptions): Promise<RestoreWorker>;
  /** Told of everything that a worker has written, before it goes on. */
  readonly watching: { with: ((events: readonly RestoreEvent[]) => void) | null };
  /** The restore that is meant where none is named; it brings back what `after` set aside, when there is one. */
  readonly subject: { restoreId: string; after: string | null };
  /** Ana proposes it for the first cluster unless another one is named. */
  propose(changes?: {
    cluster?: string;
    procedure?: Procedure;
    leaveOutUnlivable?: boolean;
  }): Promise<RestoreState>;
  state(restoreId?: string): Promise<RestoreState>;
  events(restoreId?: string): Promise<readonly RestoreEvent[]>;
  /**
   * Lets time pass and people act, in all restores, until it is so of this one; throws when nothing moves any more
   * or it takes too long.
   */
  until(
    what: string,
    isSo: (state: RestoreState) => boolean,
    people?: People,
    restoreId?: string,
  ): Promise<RestoreState>;
  close(): Promise<void>;
}

/** Where an engine goes on: `R1` has begun before it was opened. */
interface Begun {
  readonly clock: FakeClock;
  readonly clusters: readonly PretendCluster[];
  readonly store: Store<RestoreEvent>;
  readonly people: Directory;
}

/** One engine over these clusters; over `east` alone when none are named. */
export async function openEngine(
  configured: readonly Cluster[] = [east],
  signatures?: Signatures,
): Promise<PretendEngine> {
  const clock = new FakeClock(startedAt);
  const clusters = configured.map((config) => new PretendCluster(clock, config));
  const store = await openSqliteStore(':memory:', { form: eventForm, key: testKey });
  return engineOf({ clock, clusters, store, people: new Directory([ana, bo, cy, dee]) }, signatures);
}

/** One that goes on with what was begun. */
export function goOn(begun: Begun): PretendEngine {
  return engineOf(begun, undefined, ['R1']);
}

function engineOf(
  { clock, clusters: pretended, store, people }: Begun,
  signatures?: Signatures,
  begun: readonly string[] = [],
): PretendEngine {
  const [cluster] = pretended;
  if (cluster === undefined) throw new Error('an engine works on a cluster');
  const effects: SeenEffect[] = [];
  const meddling: PretendEngine['meddling'] = { with: null };
  const streaming: PretendEngine['streaming'] = { with: null };
  const watching: PretendEngine['watching'] = { with: null };
  const progress = new Map<string, string | null>();
  const mistakes: string[] = [];
  const subject: PretendEngine['subject'] = { restoreId: 'R1', after: null };
  const writers: string[] = [];
  const clusters = new Map(
    pretended.map((each): [string, ClusterAccess] => {
      const wiring = { cluster: each, effects, meddling, streaming, publicKey: keys.publicKey };
      const agents = each.hosts.map((host) => createPretendAgent(wiring, host));
      return [each.config.name, { cluster: each.config, agents, leader: each.leader, mesos: each.mesos }];
    }),
  );
  const workers: { worker: RestoreWorker; life: Mortality }[] = [];
  const service = createRestoreService(
    { journal: store, documents: store, people, clock, clusters, ...(signatures && { signatures }) },
    (restoreId) => {
      for (const { worker } of workers) worker.wake(restoreId);
    },
  );

  const depsFor = (live: Mortality, { owner = 'bot', leases, threads }: WorkerOptions): RestoreDeps => {
    return {
      clock: { now: () => clock.now(), sleep: live.wrap((ms, signal) => clock.sleep(ms, signal)) },
      journal: live.wrapJournal({
        ...store,
        append: async (entry) => {
          const records = await store.append(entry);
          if (writers.at(-1) !== owner) writers.push(owner);
          watching.with?.(entry.events);
          return records;
        },
      }),
      leases: live.wrapLeases(leases?.(store) ?? store),
      documents: live.wrapDocuments(store),
      people,
      ...(signatures && { signatures }),
      grants: createGrantSigner(keys.privateKeyPem),
      backups: backupCraft,
      clusters,
      ...(threads && { threads: threads(clusters, store) }),
      owner,
      onProgress: (restoreId, text) => void progress.set(restoreId, text),
      log: (level, fields, message) => {
        if (level === 'error') mistakes.push(`${message}: ${JSON.stringify(fields)}`);
      },
    };
  };

  const cached = new Map<string, RestoreState>();
  const state = async (restoreId = subject.restoreId): Promise<RestoreState> => {
    const earlier = cached.get(restoreId);
    const newer = await store.read(restoreId, earlier?.seq ?? 0);
    const now = earlier === undefined ? foldJournal(newer) : newer.reduce(foldEvent, earlier);
    cached.set(restoreId, now);
    return now;
  };
  /** Restores that were written to since they were read. */
  const moved = new Set<string>();
  const known = new Set(begun);
  store.onAppend((restoreId) => {
    moved.add(restoreId);
    known.add(restoreId);
  });

  /** The next press of anybody in any restore that has not seen one at this place of its journal. */
  const actedAt = new Map<string, number>();
  const press = async (act: People): Promise<boolean> => {
    for (const restoreId of known) {
      const seen = cached.get(restoreId);
      if (seen === undefined || seen.ended !== null || actedAt.get(restoreId) === seen.seq) continue;
      actedAt.set(restoreId, seen.seq);
      const pressed = act(service, seen);
      if (pressed === null) continue;
      await pressed;
      return true;
    }
    return false;
  };

  return {
    clock,
    cluster,
    store,
    service,
    people,
    effects,
    meddling,
    streaming,
    progress,
    mistakes,
    subject,
    writers,
    watching,
    clusters: new Map(pretended.map((each) => [each.config.name, each])),
    state,
    events: async (restoreId = subject.restoreId) =>
      (await store.read(restoreId)).map((record) => record.event),
    startWorker: async (options = {}) => {
      const life = options.mortality ?? new Mortality();
      const worker = new RestoreWorker(depsFor(life, options));
      workers.push({ worker, life });
      await worker.start();
      return worker;
    },
    propose: async (changes = {}) => {
      const { config, hosts } = clusterNamed(pretended, changes.cluster ?? cluster.config.name);
      const asked = {
        channel: config.channel,
        userId: ana.userId,
        reason: 'replicated log corrupt on all hosts',
        incident: 'INC-4411',
      };
      if (subject.after !== null) return stateOf(await service.returnToOld({ ...asked, of: subject.after }));
      const answer = await service.propose({
        ...asked,
        cluster: config.name,
        backup: { host: hosts[1]?.name ?? '', name: backupName, sha256: backupSha256 },
        ...(changes.procedure !== undefined && { procedure: changes.procedure }),
        leaveOutUnlivable: changes.leaveOutUnlivable ?? false,
      });
      return stateOf(answer);
    },
    until: async (what, isSo, act = nobody, restoreId = subject.restoreId) => {
      actedAt.clear();
      for (let turn = 0; turn < turnsMax; turn += 1) {
        // A macrotask: whatever can go on by itself has gone on, and everybody else waits for the clock or a person.
        await new Promise((resolve) => setImmediate(resolve));
        for (const each of moved) await state(each);
        moved.clear();
        const seen = cached.get(restoreId) ?? (await state(restoreId));
        if (isSo(seen)) return seen;
        if (seen.ended !== null) break;
        if (!(await press(act))) clock.advance();
      }
      const last = (await store.read(restoreId)).slice(-3).map((record) => JSON.stringify(record.event));
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

function stateOf(answer: Answer): RestoreState {
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.state;
}

function clusterNamed(all: readonly PretendCluster[], name: string): PretendCluster {
  const found = all.find(({ config }) => config.name === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}
