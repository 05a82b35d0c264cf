/** How the cluster is before anybody approves anything: the same judgement as everywhere, with what only the elected can tell. */
import { type Diagnosis, diagnose } from '../../aurora/diagnosis.ts';
import { AuroraError } from '../../aurora/errors.ts';
import type { Reading } from '../preflight/reading.ts';
import type { StepContext } from '../step.ts';

/** `elected` is asked once for its storage: one that does not say is part of the answer. */
export async function lookAtCluster(
  context: Pick<StepContext, 'cluster' | 'agentOf'>,
  seen: { reading: Pick<Reading, 'hosts' | 'leader' | 'logGroup'>; elected: string | null },
): Promise<Diagnosis> {
  const { reading, elected } = seen;
  return diagnose({
    cluster: context.cluster,
    statuses: reading.hosts.map(({ status }) => status),
    answer: reading.leader,
    logReplicas: reading.logGroup.ok ? reading.logGroup.value.length : null,
    storageReady: elected === null ? null : await isReady(context, elected),
  });
}

async function isReady({ agentOf }: Pick<StepContext, 'agentOf'>, host: string): Promise<boolean | null> {
  try {
    return await agentOf(host).scheduler.isStorageReady();
  } catch (error) {
    if (error instanceof AuroraError) return null;
    throw error;
  }
}
