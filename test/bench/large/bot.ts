/**
 * The steps of a restore that read a whole cluster, one after the other as the parent process asks for them, with the real clients,
 * documents and joins: `node bot.ts AGENT_URL MASTER_URL BACKUP DATABASE [SLACK_API]`. Answers what each took.
 */
import { connectAgent } from '../../../src/agent/client.ts';
import { systemClock } from '../../../src/aurora/system-clock.ts';
import { backupCraft } from '../../../src/cli/backup-craft.ts';
import { openMesosMaster } from '../../../src/mesos/master.ts';
import { createStepContext } from '../../../src/restore/engine/context.ts';
import type { RestoreThread } from '../../../src/restore/engine/thread.ts';
import type { ClusterAccess, RestoreDeps } from '../../../src/restore/ports.ts';
import { eventForm } from '../../../src/restore/record/events.ts';
import type { StepFacts } from '../../../src/restore/record/facts.ts';
import { foldJournal } from '../../../src/restore/record/fold.ts';
import type { RestoreState } from '../../../src/restore/record/state.ts';
import type { StepContext } from '../../../src/restore/step.ts';
import { captureLiveTasks } from '../../../src/restore/steps/capture-live-tasks.ts';
import { chooseBackup } from '../../../src/restore/steps/choose-backup.ts';
import { preview } from '../../../src/restore/steps/preview.ts';
import { summariseStaged } from '../../../src/restore/steps/summarise-staged.ts';
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
const deadlineMs = 120_000;
const agent = connectAgent({ host, url: agentUrl, deadlineMs, clock: systemClock, protocol: 'tbinary' });
const store = await openSqliteStore(database, { form: eventForm, key: testKey });

const backup = (await agent.listBackups()).find(({ name }) => name === backupName);
if (backup === undefined) throw new Error(`${backupName} is not listed`);
const restoreId = 'R1';
await store.open({
  restoreId,
  cluster: 'east',
  at: 0,
  event: { ...proposed(), backup: { host, name: backupName, sha256: backup.report.sha256 } },
});
const facts: Partial<StepFacts> = { 'stage-backup': { host } };
const state: RestoreState = { ...foldJournal(await store.read(restoreId)), facts };

/** Nothing else is asked of the cluster by these steps. */
const access = {
  cluster: { ...east, auroraVersion: '0.23.0', waits: { ...east.waits, agentDeadlineMs: deadlineMs } },
  agents: [agent],
  mesos: openMesosMaster({ masters: [masterUrl], deadlineMs, clock: systemClock }),
} as Partial<ClusterAccess> as ClusterAccess;
const deps = {
  clock: systemClock,
  documents: store,
  backups: backupCraft,
  onProgress: () => undefined,
} as Partial<RestoreDeps> as RestoreDeps;
const thread = { state, refresh: () => Promise.resolve(state) } as Partial<RestoreThread> as RestoreThread;
const { signal } = new AbortController();

const contextOf = (step: LargeStep): StepContext =>
  createStepContext({ deps, access, thread, step: step === 'look' ? 'summarise-staged' : step, signal });

/** Each leaves its facts to those behind it; how many tasks it saw. */
const run: Readonly<Record<LargeStep, (context: StepContext) => Promise<number>>> = {
  'choose-backup': async (context) => {
    const found = await chooseBackup.run(context);
    facts['choose-backup'] = found;
    return found.report.tasks.total;
  },
  'capture-live-tasks': async (context) => {
    const found = await captureLiveTasks.run(context);
    facts['capture-live-tasks'] = found;
    return found.tasks;
  },
  preview: async (context) => {
    const found = await preview.run(context);
    facts.preview = found;
    return found.blast.killed + found.blast.kept;
  },
  'summarise-staged': async (context) => {
    const found = await summariseStaged.run(context);
    facts['summarise-staged'] = found;
    return found.tasks;
  },
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
  const tasks = await run[step](contextOf(step));
  return { ...end(), ms: Math.round(performance.now() - startedAt), tasks };
}
