/** The thread of the bot in which steps read large clusters: the real one, with a real agent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuroraError } from '../../src/aurora/errors.ts';
import { systemClock } from '../../src/aurora/system-clock.ts';
import { backupCraft } from '../../src/cli/backup-craft.ts';
import type { ConfiguredCluster } from '../../src/cli/cluster-config.ts';
import { openHosts } from '../../src/cli/cluster-hosts.ts';
import { createStepThreads } from '../../src/cli/step-thread.ts';
import { runStep } from '../../src/restore/apart/run-step.ts';
import { createStepContext } from '../../src/restore/engine/context.ts';
import { type RestoreThread, StepInterrupted } from '../../src/restore/engine/thread.ts';
import type { ClusterAccess, RestoreDeps, StepThreads } from '../../src/restore/ports.ts';
import type { StepFacts } from '../../src/restore/record/facts.ts';
import { type AgentInProcess, startAgentHere } from '../agent/support/agent-in-process.ts';
import { backupName, createTestHost, type TestHost } from '../agent/support/test-host.ts';
import { openOffice } from '../restore/support/office.ts';
import { proposed } from '../restore/support/story.ts';
import { east } from '../slack/support/cluster.ts';

const host = 'aurora-1';
let machine: TestHost;
let agent: AgentInProcess;
beforeAll(async () => {
  machine = await createTestHost();
  agent = await startAgentHere(machine);
});
afterAll(async () => {
  await agent.close();
  await machine.dispose();
});

interface Played {
  readonly threads?: (threads: StepThreads) => StepThreads;
  readonly sha256?: string;
  readonly signal?: AbortSignal;
}

/** Chooses the backup of that host, in a thread unless `threads` says otherwise. */
async function choose({
  threads = (same) => same,
  sha256,
  signal,
}: Played): Promise<StepFacts['choose-backup']> {
  const cluster: ConfiguredCluster = {
    ...east,
    auroraVersion: '0.23.0',
    hosts: east.hosts.slice(0, 1).map((each) => ({ ...each, name: host, agent: agent.url })),
    zookeeper: { ...east.zookeeper, sessionTimeoutMs: 1_000, digestCredentials: null },
    mesos: { ...east.mesos, credentials: null, tls: null },
    waits: { ...east.waits, agentDeadlineMs: 20_000 },
    watch: null,
  };
  const backup = { host, name: backupName, sha256: sha256 ?? machine.backupSha256 };
  const office = await openOffice([{ ...proposed(), backup }]);
  const state = await office.state();
  const step = 'choose-backup';
  const work = { step, signal: signal ?? new AbortController().signal } as const;
  const context = createStepContext({
    deps: {
      clock: systemClock,
      documents: office.store,
      backups: backupCraft,
      onProgress: () => undefined,
    } as Partial<RestoreDeps> as RestoreDeps,
    access: openHosts(cluster, {
      tls: undefined,
      clock: systemClock,
    }) as Partial<ClusterAccess> as ClusterAccess,
    thread: { state, refresh: () => Promise.resolve(state) } as Partial<RestoreThread> as RestoreThread,
    ...work,
  });
  try {
    const real = {
      ...createStepThreads({ agentTls: null, clusters: [cluster] }, office.store),
      fromTasks: 0,
    };
    return (await runStep(context, { ...work, threads: threads(real) })) as StepFacts['choose-backup'];
  } finally {
    await office.close();
  }
}

const inPlace = (threads: StepThreads): StepThreads => ({ ...threads, fromTasks: Number.POSITIVE_INFINITY });

describe('a step in a thread', () => {
  it('finds what it finds where it is asked for', async () => {
    let started = 0;
    const counted = (threads: StepThreads): StepThreads => ({
      ...threads,
      start: (cluster) => {
        started += 1;
        return threads.start(cluster);
      },
    });

    const { ageMs: _, ...apart } = await choose({ threads: counted });
    const { ageMs: __, ...here } = await choose({ threads: inPlace });

    expect(apart).toEqual(here);
    expect(started).toBe(1);
  });

  it('refuses in the words in which it refuses there', async () => {
    const backup = { sha256: 'f'.repeat(64) };

    const apart = await choose(backup).catch((error: unknown) => error);
    const here = await choose({ ...backup, threads: inPlace }).catch((error: unknown) => error);

    expect(apart).toBeInstanceOf(AuroraError);
    expect(apart).toMatchObject({ code: 'backup-gone', message: (here as Error).message });
  });

  it('ends with the work of the worker', async () => {
    const stop = new AbortController();
    const gone = Promise.withResolvers<void>();
    const stopped = (threads: StepThreads): StepThreads => ({
      ...threads,
      start: (cluster) => {
        const thread = threads.start(cluster);
        thread.on('exit', () => gone.resolve());
        thread.on('online', () => stop.abort());
        return thread;
      },
    });

    await expect(choose({ threads: stopped, signal: stop.signal })).rejects.toBeInstanceOf(StepInterrupted);
    await gone.promise;
  });

  it('that dies fails, and says what to do', async () => {
    const dying = (threads: StepThreads): StepThreads => ({
      ...threads,
      start: (cluster) => {
        const thread = threads.start(cluster);
        thread.on('online', () => void thread.terminate());
        return thread;
      },
    });

    await expect(choose({ threads: dying })).rejects.toMatchObject({ code: 'reading-failed' });
  });
});
