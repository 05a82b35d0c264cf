/** Threads in which steps read large clusters, so that the bot's own loop is free. */
import { Worker } from 'node:worker_threads';
import type { PackedDocuments } from '../aurora/journal.ts';
import type { StepThreads } from '../restore/ports.ts';
import type { ConfiguredCluster } from './cluster-config.ts';
import type { BotConfig } from './config.ts';

/** What one is started with. */
export interface StepThreadStart {
  readonly agentTls: BotConfig['agentTls'];
  readonly cluster: ConfiguredCluster;
}

/** Fewer are read before a thread has started. */
const fromTasks = 20_000;
/**
 * Of each thread. What a step keeps of a task is outside of these; the rest does not grow with the cluster, but for the names of its
 * jobs.
 */
const heapMb = 256;
/** Most of what a task leaves behind is garbage at once: the less of it there may be, the less memory lies idle. */
const youngMb = 4;

/** Their `start` throws for a cluster that is not configured. */
export function createStepThreads(
  config: Pick<BotConfig, 'agentTls' | 'clusters'>,
  documents: PackedDocuments,
): StepThreads {
  const start = (name: string): Worker => {
    const cluster = config.clusters.find((each) => each.name === name);
    if (cluster === undefined) throw new Error(`no cluster ${name} is configured`);
    // The compiled program has `.js` beside it.
    const program = new URL(
      `./step-worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
      import.meta.url,
    );
    return new Worker(program, {
      workerData: { agentTls: config.agentTls, cluster } satisfies StepThreadStart,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: youngMb },
    });
  };
  return { fromTasks, documents, start };
}
