/**
 * The steps of a restore that read a whole cluster, one after the other as the parent process asks for them, with the real clients,
 * documents and joins: `node bot.ts AGENT_URL MASTER_URL BACKUP DATABASE [SLACK_API]`. Answers what each took.
 */

import type { BackupFile } from '../../../src/aurora/backups.ts';
import type { HostAgent } from '../../../src/aurora/hosts.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';
import type { ConfiguredCluster } from '../../../src/cli/cluster-config.ts';
import { openHosts } from '../../../src/cli/cluster-hosts.ts';
import { createStepThreads } from '../../../src/cli/step-thread.ts';
import type { LongStep } from '../../../src/restore/apart/long-steps.ts';
import { runStep } from '../../../src/restore/apart/run-step.ts';
import { createStepContext } from '../../../src/restore/engine/context.ts';
import type { RestoreThread } from '../../../src/restore/engine/thread.ts';
import type { ClusterAccess, RestoreDeps } from '../../../src/restore/ports.ts';
import { eventForm } from '../../../src/restore/record/events.ts';
import type { StepFacts } from '../../../src/restore/record/facts.ts';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import { openSqliteStore } from '../../../src/store/store.ts';
import { proposed } from '../../restore/support/story.ts';
import { east } from '../../slack/support/cluster.ts';
import { testKey } from '../../support/journal-key.ts';
import { startReception } from './reception.ts';
import { endWithParent, type Took, watchProcess } from './watched.ts';

/** `look`: one at the commit gate, which the agent answers with a digest. */
export type LargeStep = 'choose-backup' | 'capture-live-tasks' | 'preview' | 'summarise-staged' | 'look';

export interface StepTook extends Took {
  readonly ms: number;
  readonly tasks: number;
}

const [agentUrl = '', masterUrl = '', backupName = '', database = '', slackApi = ''] = process.argv.slice(2);
const host = 'aurora-1';
const cluster: ConfiguredCluster = {
  ...east,
  auroraVersion: '0.23.0',
  hosts: east.hosts.slice(0, 1).map((each) => ({ ...each, name: host, agent: agentUrl })),
  zookeeper: { ...east.zookeeper, sessionTimeoutMs: 10_000, digestCredentials: null },
  mesos: { masters: [masterUrl], credentials: null, tls: null },
  waits: { ...east.waits, agentDeadlineMs: 120_000 },
  watch: null,
};
/** Nothing else is asked of the cluster by these steps. */
const access = openHosts(cluster, {
  tls: undefined,
  clock: systemClock,
}) as Partial<ClusterAccess> as ClusterAccess;
const agent = access.agents[0] as HostAgent;
const store = await openSqliteStore(database, { form: eventForm, key: testKey });

/** Once it is known, which a large one takes longer for than an answer may. */
async function findBackup(): Promise<BackupFile> {
  for (;;) {
    const { files } = await agent.listKnownBackups();
    const found = files.find(({ name }) => name === backupName);
    if (found !== undefined) return found;
    await systemClock.sleep(500);
  }
}

const backup = await findBackup();
const restoreId = 'R1';
await store.open({
  restoreId,
  cluster: 'east',
  at: 0,
  event: { ...proposed(), backup: { host, name: backupName, sha256: backup.report.sha256 } },
});
const facts: Partial<StepFacts> = { 'stage-backup': { host } };
const state: RestoreState = { ...foldJournal(await store.read(restoreId)), facts };

const deps = {
  clock: systemClock,
  documents: store,
  backups: backupCraft,
  onProgress: () => undefined,
  threads: createStepThreads({ agentTls: null, clusters: [cluster] }, store),
} as Partial<RestoreDeps> as RestoreDeps;
const thread = { state, refresh: () => Promise.resolve(state) } as Partial<RestoreThread> as RestoreThread;
const { signal } = new AbortController();

/** As the bot's own worker runs it; its facts are there for those behind it. */
async function runLarge<S extends LongStep>(step: S): Promise<StepFacts[S]> {
  const context = createStepContext({ deps, access, thread, step, signal });
  const found = (await runStep(context, { step, signal, threads: deps.threads })) as StepFacts[S];
  facts[step] = found;
  return found;
}

/** How many tasks each saw. */
const run: Readonly<Record<LargeStep, () => Promise<number>>> = {
  'choose-backup': async () => (await runLarge('choose-backup')).report.tasks.total,
  'capture-live-tasks': async () => (await runLarge('capture-live-tasks')).tasks,
  preview: async () => {
    const { blast } = await runLarge('preview');
    return blast.killed + blast.kept;
  },
  'summarise-staged': async () => (await runLarge('summarise-staged')).tasks,
  look: async () => (await agent.digestStaged())?.tasks ?? 0,
};

endWithParent();
process.on('message', (step: LargeStep) => {
  void measure(step).then((took) => process.send?.(took));
});
process.send?.(slackApi === '' ? 0 : await startReception(store, slackApi));

async function measure(step: LargeStep): Promise<StepTook> {
  const end = watchProcess();
  const startedAt = performance.now();
  const tasks = await run[step]();
  return { ...end(), ms: Math.round(performance.now() - startedAt), tasks };
}
