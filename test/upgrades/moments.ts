/**
 * Restores that an earlier version has begun and left in their middle (fixtures/upgrades): its bot's database and grant key, and
 * the journals of its agents, as it was ended at that moment. Opened by today's code, on copies.
 */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type OperationJournal, openOperationJournal } from '../../src/agent/operation-journal.ts';
import type { Cluster } from '../../src/aurora/cluster.ts';
import type { TaskRow } from '../../src/aurora/tasks.ts';
import { inspectBackup } from '../../src/backups/inspect-backup.ts';
import { readTaskRows } from '../../src/backups/task-rows.ts';
import { openBotStore } from '../../src/cli/bot-store.ts';
import { cast, drillUsers, oncallGroup } from '../../src/drill/world/cast.ts';
import { type RunningTask, readRunning } from '../../src/restore/looks/live-tasks.ts';
import type { RestoreEvent } from '../../src/restore/record/events.ts';
import { foldJournal } from '../../src/restore/record/fold.ts';
import type { RestoreState } from '../../src/restore/record/state.ts';
import type { Store } from '../../src/store/store.ts';
import { FakeClock } from '../restore/support/fake-clock.ts';
import { Directory } from '../restore/support/office.ts';
import { PretendCluster } from '../restore/support/pretend-cluster.ts';
import { goOn, type PretendEngine } from '../restore/support/pretend-engine.ts';
import { east, hostNames } from '../restore/support/pretend-scene.ts';
import { replayHosts } from './replay-hosts.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'upgrades');

/** `version/moment`. */
export const moments = readdirSync(fixtures).flatMap((version) =>
  readdirSync(join(fixtures, version)).map((moment) => `${version}/${moment}`),
);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A copy of what is kept of a moment, gone after the test. */
export function copyOf(moment: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'aurora-upgrade-'));
  ends.push(() => rmSync(directory, { recursive: true }));
  const kept = join(fixtures, moment);
  for (const name of readdirSync(kept)) copyFileSync(join(kept, name), join(directory, name));
  return directory;
}

/** The database of that moment as today's bot opens it. */
export async function openOldStore(moment: string): Promise<Store<RestoreEvent>> {
  const directory = copyOf(moment);
  const store = await openBotStore({ state: directory, grantKey: join(directory, 'grant.pem') });
  ends.push(() => store.close());
  return store;
}

/** The journals of its agents as today's agents open them, by host. */
export function openOldAgents(moment: string): ReadonlyMap<string, OperationJournal> {
  const directory = copyOf(moment);
  return new Map(
    hostNames.map((host) => {
      const journal = openOperationJournal(join(directory, `${host}.sqlite`));
      ends.push(() => journal.close());
      return [host, journal];
    }),
  );
}

/** The engine of today, over hosts to which everything was done that their agents have in their journals. */
export async function takeUp(moment: string): Promise<PretendEngine> {
  const directory = copyOf(moment);
  const store = await openBotStore({ state: directory, grantKey: join(directory, 'grant.pem') });
  const records = await store.read('R1');
  const state = foldJournal(records);
  const { proposal } = state;
  const kept = { restoreId: 'R1', deps: { documents: store } };
  const running = await Array.fromAsync(readRunning(kept, 'live-tasks'));
  const report = await inspectBackup(join(directory, 'backup'));
  const backupTasks = await Array.fromAsync(readTaskRows(join(directory, 'backup')));
  const clock = new FakeClock(records[0]?.at ?? 0);
  const cluster = new PretendCluster(clock, configOf(state), {
    frameworkId: report.frameworkId ?? '',
    runningTasks: running.map((task) => oldTask(task, backupTasks)),
    backup: { name: proposal.backup.name, bytes: report.bytes, mtimeMs: clock.now(), report },
    backupTasks,
  });
  replayHosts(openOldAgents(moment), { cluster, clock, state });
  const last = records.at(-1)?.at ?? 0;
  clock.pass(Math.max(0, last - clock.now()));
  const engine = goOn({ clock, clusters: [cluster], store, people: peopleOfTheDrill() });
  ends.push(() => engine.close());
  return engine;
}

/** As it was when the restore was proposed; the waits are the pretend cluster's. */
function configOf({ proposal }: RestoreState): Cluster {
  const { auroraVersion, channel, policy } = proposal;
  return { ...east, auroraVersion, channel, policy };
}

/** A scheduler knows more of a task than Mesos shows; nothing here asks for it. */
function oldTask(running: RunningTask, backupTasks: readonly TaskRow[]): TaskRow {
  const known = backupTasks.find(({ taskId }) => taskId === running.taskId);
  return known ?? { ...running, instanceId: 0, status: 'RUNNING' };
}

function peopleOfTheDrill(): Directory {
  const people = new Directory(drillUsers.map(({ id, name }) => ({ id: `T0DRILL:${id}`, userId: id, name })));
  people.groups.set(oncallGroup.id, [cast.ana, cast.bo, cast.cy]);
  return people;
}
