/**
 * A backup as the operations that the tool copies, in its order: host attributes, one with all tasks, cron jobs, the
 * framework id, quotas, updates with their events, maintenance (aurora.md 6). The counts are those of the recordings.
 */
import type { Snapshot } from '../scheduler/storage/store.ts';

/** What one operation saves; several of them make a transaction. */
type ToolOperation = Snapshot;

export function listOperations(backup: Snapshot): readonly ToolOperation[] {
  const frameworkId = backup.schedulerMetadata?.frameworkId;
  return [
    ...(backup.hostAttributes ?? []).map((host) => ({ hostAttributes: [host] })),
    ...((backup.tasks ?? []).length === 0 ? [] : [{ tasks: backup.tasks ?? [] }]),
    ...(backup.cronJobs ?? []).map((cron) => ({ cronJobs: [cron] })),
    ...(frameworkId === undefined ? [] : [{ schedulerMetadata: { frameworkId } }]),
    ...(backup.quotaConfigurations ?? []).map((quota) => ({ quotaConfigurations: [quota] })),
    ...(backup.jobUpdateDetails ?? []).flatMap((update) => [
      { jobUpdateDetails: [update] },
      // Events are operations of their own; here they are in the update already, and are only counted.
      ...(update.details?.updateEvents ?? []).map(() => ({})),
      ...(update.details?.instanceEvents ?? []).map(() => ({})),
    ]),
    ...(backup.hostMaintenanceRequests ?? []).map((request) => ({ hostMaintenanceRequests: [request] })),
  ];
}

/** One transaction's worth. */
export function mergeOperations(operations: readonly ToolOperation[]): Snapshot {
  const metadata = operations.find((operation) => operation.schedulerMetadata !== undefined);
  return {
    hostAttributes: operations.flatMap((operation) => operation.hostAttributes ?? []),
    tasks: operations.flatMap((operation) => operation.tasks ?? []),
    cronJobs: operations.flatMap((operation) => operation.cronJobs ?? []),
    quotaConfigurations: operations.flatMap((operation) => operation.quotaConfigurations ?? []),
    jobUpdateDetails: operations.flatMap((operation) => operation.jobUpdateDetails ?? []),
    hostMaintenanceRequests: operations.flatMap((operation) => operation.hostMaintenanceRequests ?? []),
    ...(metadata?.schedulerMetadata !== undefined && { schedulerMetadata: metadata.schedulerMetadata }),
  };
}
