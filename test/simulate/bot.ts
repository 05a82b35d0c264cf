/** One life of a bot: the product's own worker, service and outbox over ports that this life may lose at any call. */
import { createHash } from 'node:crypto';
import type { HostAgent } from '../../src/aurora/hosts.ts';
import type { Documents, PackedDocuments } from '../../src/aurora/journal.ts';
import { backupCraft } from '../../src/cli/backup-craft.ts';
import { RestoreWorker } from '../../src/restore/engine/worker.ts';
import type { ClusterAccess, GrantSigner } from '../../src/restore/ports.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { createRestoreService, type RestoreService } from '../../src/restore/service/service.ts';
import { createOutbox, type Outbox } from '../../src/slack/outbox.ts';
import type { Store } from '../../src/store/store.ts';
import type { FakeClock } from '../restore/support/fake-clock.ts';
import type { Directory } from '../restore/support/office.ts';
import { aheadOfJournal } from './ahead-of-journal.ts';
import type { Defect } from './defects.ts';
import type { LeaseWatch } from './lease-watch.ts';
import type { Life } from './life.ts';
import type { PretendSlack } from './pretend-slack.ts';
import { retryCommit } from './retry-commit.ts';

export interface BotWorld {
  readonly clock: FakeClock;
  readonly store: Store<RestoreEvent>;
  readonly people: Directory;
  readonly slack: PretendSlack;
  readonly access: ClusterAccess;
  readonly grants: GrantSigner;
  readonly leases: LeaseWatch;
  readonly defect: Defect | null;
  /** Told what it logs as an error. */
  onMistake(line: string): void;
}

export interface Bot {
  readonly life: Life;
  readonly service: RestoreService;
  start(): Promise<void>;
}

const diskWrites = ['append', 'open', 'keepSummary', 'nextRestoreId'] as const;

/** Builds it; nothing is read before `start`. */
export function createBot(world: BotWorld, life: Life): Bot {
  const { store, access, defect } = world;
  const { cluster } = access;
  const clock = {
    now: () => world.clock.now() + life.clockAheadMs,
    monotonic: () => world.clock.now(),
    sleep: life.reach(world.clock).sleep,
  };
  const leases = life.reach(world.leases.over(store, life), ['acquire', 'renew']);
  const documents = life.reach(plainDocuments(store), ['save']);
  const people = life.reach(world.people);
  const ahead = defect === 'outbox-ahead-of-journal' ? aheadOfJournal(store, world.clock) : null;
  const journal = life.reach(ahead?.journal ?? store, diskWrites);
  const agents = access.agents
    .map((agent) => (defect === 'commit-retried' ? retryCommit(agent, world.grants) : agent))
    .map((agent) => reachAgent(life, agent));
  const clusters = new Map([
    [cluster.name, { cluster, agents, leader: life.reach(access.leader), mesos: life.reach(access.mesos) }],
  ]);
  const log = (level: string, fields: object, message: string): void => {
    if (level === 'error' && life.isAlive) world.onMistake(`${message}: ${JSON.stringify(fields)}`);
  };
  const { fetch } = life.reach({ fetch: world.slack.fetch });
  const owner = defect === 'lease-owner-shared' ? 'bot' : life.owner;
  const outbox: Outbox = createOutbox({
    journal: life.reach(ahead?.seen ?? store),
    ledger: life.reach(store, ['savePost', 'moveCursor']),
    documents,
    client: world.slack.connect({ clock, fetch }),
    clock,
    log,
    lease: { leases, owner: life.owner },
    pollMs: 15_000,
    lookMs: 60_000,
    ...{ fetch },
  });
  const worker = new RestoreWorker({
    clock,
    journal,
    leases,
    documents,
    people,
    grants: world.grants,
    backups: backupCraft,
    clusters,
    owner,
    onProgress: (restoreId, text) => outbox.progress(restoreId, text),
    log,
  });
  const service = createRestoreService({ journal, documents, people, clock, clusters }, (restoreId) =>
    worker.wake(restoreId),
  );
  return {
    life,
    service: life.reach(service),
    start: async () => {
      await outbox.start();
      await worker.start();
    },
  };
}

/** Kept as they are: what compresses long ones does it in threads, and those take turns as they like. */
function plainDocuments(store: PackedDocuments & Documents): Documents {
  return {
    load: store.load,
    save: async ({ text, ...document }) => {
      const sha256 = createHash('sha256').update(text).digest('hex');
      await store.savePacked({ ...document, packed: { encoding: 'text', body: text, sha256 } });
      return { sha256, bytes: Buffer.byteLength(text) };
    },
  };
}

function reachAgent(life: Life, agent: HostAgent): HostAgent {
  return life.reach({ ...agent, scheduler: life.reach(agent.scheduler) });
}
