/** A restore worker as a process of its own: `node worker-on-postgres.ts PLACE` (JSON). Says what it does, a line each. */
import { createGrantSigner, generateGrantKeys } from '../../../src/agent/grant-signer.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';
import { workWithOthers } from '../../../src/cli/other-bots.ts';
import { RestoreWorker } from '../../../src/restore/engine/worker.ts';
import { eventForm } from '../../../src/restore/record/events.ts';
import type { PostgresPlace } from '../../../src/store/postgres-dialect.ts';
import { openPostgresStore } from '../../../src/store/postgres-store.ts';
import { FakeClock } from '../../restore/support/fake-clock.ts';
import { Directory } from '../../restore/support/office.ts';
import { createPretendAgent } from '../../restore/support/pretend-agent.ts';
import { PretendCluster } from '../../restore/support/pretend-cluster.ts';
import { east } from '../../restore/support/pretend-scene.ts';
import { ana, bo, cy, startedAt } from '../../restore/support/story.ts';
import { testKey } from '../../support/journal-key.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const place = JSON.parse(process.argv[2] ?? '') as PostgresPlace;
const store = await openPostgresStore(place, { form: eventForm, key: testKey });
const keys = generateGrantKeys();
// What hosts do takes no time.
const hosts = new FakeClock(startedAt);
setInterval(() => hosts.advance(), 10);
const cluster = new PretendCluster(hosts, east);
const wiring = {
  cluster,
  effects: [],
  meddling: { with: null },
  streaming: { with: null },
  publicKey: keys.publicKey,
};
const beganAt = systemClock.now();
const worker = new RestoreWorker({
  // It goes right, from the time of the story on.
  clock: {
    now: () => startedAt + systemClock.now() - beganAt,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  },
  journal: {
    ...store,
    append: async (entry) => {
      const records = await store.append(entry);
      say(`wrote ${entry.events.map(({ type }) => type).join(' ')}`);
      return records;
    },
  },
  leases: {
    ...store,
    acquire: async (request) => {
      const lease = await store.acquire(request);
      say(lease === null ? 'waits' : `has fence ${lease.fence}`);
      return lease;
    },
    renew: async (lease, times) => {
      const renewed = await store.renew(lease, times);
      if (!renewed) say('has lost it');
      return renewed;
    },
  },
  documents: store,
  people: new Directory([ana, bo, cy]),
  grants: createGrantSigner(keys.privateKeyPem),
  backups: backupCraft,
  clusters: new Map([
    [
      east.name,
      {
        cluster: east,
        agents: cluster.hosts.map((host) => createPretendAgent(wiring, host)),
        leader: cluster.leader,
        mesos: cluster.mesos,
      },
    ],
  ]),
  owner: store.identity.incarnation,
  onProgress: () => undefined,
  log: (level, fields, message) => {
    if (level === 'error') say(`${message}: ${JSON.stringify(fields)}`);
  },
});
await worker.start();
workWithOthers(store, {
  worker,
  outbox: { progress: () => undefined },
  logger: { warn: () => undefined },
});
