/**
 * The outline of a cluster as its leader has it now. `getJobSummary` tells each job with the configuration of one of its tasks, so
 * that the answer goes by jobs; a cron job comes with its schedule (ReadOnlySchedulerImpl).
 */
import { type ClusterOutline, collectOutline, type EntryOf, type OutlineEntry } from '../aurora/outline.ts';
import type { SchedulerClient } from './client.ts';
import { cronEntry, fingerprintConfig, keyText, quotaEntry, updateEntry } from './outline-parts.ts';
import { RpcError } from './rpc-error.ts';
import type { Struct } from './schema.ts';
import type { jobSummary } from './structs.ts';

/** Each role is a question of its own. */
const rolesMax = 200;

/**
 * Jobs, cron jobs and updates, and the quotas of the roles that have jobs or are `asked`. Throws as the client does. Updates are
 * `null` where a release does not know the call (before 0.6), quotas where there are more roles than are asked for.
 */
export async function readLiveOutline(
  client: SchedulerClient,
  asked: { readonly roles: readonly string[]; readonly now: number },
): Promise<ClusterOutline> {
  const { result } = await client.call('getJobSummary', {});
  const summaries = result.jobSummaryResult?.summaries ?? [];
  const updates = await listUpdates(client);
  const roles = new Set([...asked.roles, ...summaries.map(({ job }) => job?.key?.role ?? '')]);
  roles.delete('');
  const quotas = roles.size > rolesMax ? null : await readQuotas(client, [...roles]);
  const outline = await collectOutline([
    { of: 'cluster', atMs: asked.now, frameworkId: null },
    ...summaries.flatMap(entriesOfJob),
    ...(quotas ?? []),
    ...(updates ?? []),
  ]);
  return {
    ...outline,
    ...(quotas === null && { quotas }),
    ...(updates === null && { updates }),
  };
}

function entriesOfJob({ job = {}, stats = {} }: Struct<typeof jobSummary>): OutlineEntry[] {
  const { activeTaskCount = 0, pendingTaskCount = 0, finishedTaskCount = 0, failedTaskCount = 0 } = stats;
  const cron = cronEntry(job);
  const entry: EntryOf<'job'> = {
    of: 'job',
    key: keyText(job.key),
    active: activeTaskCount + pendingTaskCount,
    ended: finishedTaskCount + failedTaskCount,
    // Of a cron job it is the one that the next run will have, not that of the tasks of now.
    configs: cron !== null || job.taskConfig === undefined ? {} : { [fingerprintConfig(job.taskConfig)]: 0 },
  };
  return cron === null ? [entry] : [entry, cron];
}

async function listUpdates(client: SchedulerClient): Promise<OutlineEntry[] | null> {
  try {
    const { result } = await client.call('getJobUpdateSummaries', { jobUpdateQuery: {} });
    return (result.getJobUpdateSummariesResult?.updateSummaries ?? []).map(updateEntry);
  } catch (thrown) {
    if (thrown instanceof RpcError && thrown.code === 'rpc-unknown-method') return null;
    throw thrown;
  }
}

/** A role without a quota answers with zeros (aurora.md 2.3), which a backup does not write down. */
async function readQuotas(client: SchedulerClient, roles: readonly string[]): Promise<OutlineEntry[]> {
  const entries: OutlineEntry[] = [];
  for (const role of roles) {
    const { result } = await client.call('getQuota', { ownerRole: role });
    const entry = quotaEntry({
      role,
      ...(result.getQuotaResult?.quota !== undefined && { quota: result.getQuotaResult.quota }),
    });
    if (entry.cpus > 0 || entry.ramMb > 0 || entry.diskMb > 0) entries.push(entry);
  }
  return entries;
}
