/** A restore service over a real store in memory, with people and a clock that a test moves. */
import type { Cluster } from '../../../src/aurora/cluster.ts';
import { AuroraError } from '../../../src/aurora/errors.ts';
import type { People, Person } from '../../../src/aurora/people.ts';
import type { Signatures } from '../../../src/aurora/signatures.ts';
import { type Actor, eventForm, type RestoreEvent } from '../../../src/restore/record/events.ts';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { createRestoreService, type RestoreService } from '../../../src/restore/service/service.ts';
import { openSqliteStore, type Store } from '../../../src/store/store.ts';
import { testKey } from '../../support/journal-key.ts';
import { ana, bo, cy, personOf, policy, startedAt } from './story.ts';

/** Slack's view of people, which a test may change between two decisions. */
export class Directory implements People {
  readonly #people = new Map<string, Person>();
  readonly groups = new Map<string, readonly string[]>();
  /** False: Slack does not answer, and nobody is known. */
  up = true;
  /** True: Slack cannot be reached at all. */
  down = false;
  /** People and groups that Slack does not answer about. */
  readonly silentAbout = new Set<string>();
  /** Who and what was asked about, in order. */
  readonly asked: string[] = [];
  /** Awaited by the next look-ups: something happens while Slack is being asked. */
  whileAsking: () => Promise<void> = () => Promise.resolve();

  constructor(actors: readonly Actor[]) {
    for (const actor of actors) this.#people.set(actor.userId, personOf(actor));
  }

  /** From now on this person may not vote, for this reason. */
  bar(actor: Actor, why: string): void {
    this.#people.set(actor.userId, personOf(actor, why));
  }

  async findPerson(userId: string): Promise<Person> {
    await this.whileAsking();
    this.#hear(userId);
    const person = this.#people.get(userId);
    if (person !== undefined) return person;
    throw new AuroraError({
      code: 'person-unknown',
      message: `Slack knows no ${userId}.`,
      hint: 'Try again.',
    });
  }

  async listGroup(groupId: string): Promise<readonly string[]> {
    await Promise.resolve();
    this.#hear(groupId);
    return this.groups.get(groupId) ?? [];
  }

  #hear(id: string): void {
    this.asked.push(id);
    if (this.up && !this.down && !this.silentAbout.has(id)) return;
    throw new AuroraError({
      code: this.down ? 'slack-silent' : 'people-unknown',
      message: `Slack does not say who ${id} is.`,
      hint: 'Try again in a moment.',
    });
  }
}

export const dee: Actor = { id: 'T1:UDEE', userId: 'UDEE', name: 'dee' };

export interface Office {
  readonly service: RestoreService;
  readonly store: Store<RestoreEvent>;
  readonly people: Directory;
  readonly clock: { now(): number; at: number; sleep(): Promise<void> };
  /** The cluster of `R1`. */
  readonly cluster: Cluster;
  /** The configuration of today. */
  readonly clusters: Map<string, { cluster: Cluster }>;
  /** Restores that the worker was woken for. */
  readonly woken: string[];
  events(): Promise<readonly RestoreEvent[]>;
  state(): Promise<RestoreState>;
  close(): Promise<void>;
}

/** Opens an office where `R1` has come as far as `events` say; an empty list: where nothing was proposed yet. */
export async function openOffice(
  events: readonly RestoreEvent[] = [],
  path = ':memory:',
  signatures?: Signatures,
): Promise<Office> {
  const store = await openSqliteStore(path, { form: eventForm, key: testKey });
  const people = new Directory([ana, bo, cy, dee]);
  const clock = { at: startedAt, now: () => clock.at, sleep: () => Promise.resolve() };
  const woken: string[] = [];
  const [proposal] = events;
  // As it was when the restore was proposed.
  const configured = proposal?.type === 'restore-proposed' ? proposal.policy : policy;
  const clusters = new Map(
    ['east', 'west'].map((name) => [name, { cluster: { ...clusterOf(name), policy: configured } }]),
  );
  const service = createRestoreService(
    { journal: store, documents: store, people, clock, clusters, ...(signatures && { signatures }) },
    (restoreId) => {
      woken.push(restoreId);
    },
  );
  const [first, ...rest] = events;
  if (first !== undefined) {
    const restoreId = await store.nextRestoreId();
    await store.open({ restoreId, cluster: 'east', at: startedAt, event: first });
    await store.append({
      restoreId,
      expectedSeq: 1,
      at: startedAt,
      events: rest,
      ends: rest.at(-1)?.type === 'restore-ended',
    });
  }
  return {
    cluster: clusterOf('east'),
    clusters,
    service,
    store,
    people,
    clock,
    woken,
    events: async () => (await store.read('R1')).map((record) => record.event),
    state: async () => foldJournal(await store.read('R1')),
    close: () => store.close(),
  };
}

function clusterOf(name: string): Cluster {
  return {
    name,
    auroraVersion: '0.22.0',
    hosts: [],
    zookeeper: { servers: [], serversetPath: '/aurora/scheduler', logGroupPath: '/aurora/log' },
    mesos: { masters: [] },
    channel: 'C1',
    policy,
    waits: {
      pollMs: 1,
      stopGraceMs: 1,
      logGroupEmptyMs: 1,
      electionMs: 1,
      registrationMs: 1,
      soakMs: 1,
      agentDeadlineMs: 1,
    },
  };
}
