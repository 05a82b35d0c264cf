import { scheduleStatuses, statusName } from '../../../aurora/tasks.ts';
import type { SimulatedRelease } from '../../release/simulated-release.ts';
import { type Lifecycle, lifecycleStates } from '../lifecycle.ts';
import type { BackupWriter } from '../recovery/backup-writer.ts';
import type { LogStorage } from '../storage/log-storage.ts';

interface VarsSource {
  readonly release: SimulatedRelease;
  readonly lifecycle: Lifecycle;
  readonly storage: LogStorage;
  readonly backups: BackupWriter;
  uptimeSecs(): number;
  isRegistered(): boolean;
  reconciliations(): { explicit: number; implicit: number };
  illegalTransitions(): number;
  readonly commandLine: string;
}

/**
 * `/vars.json`: the metrics of aurora.md 9.3 that a simulated scheduler can know. Sorted by name, as `/vars`
 * lists them.
 */
export function collectVars(source: VarsSource): Readonly<Record<string, number | string>> {
  const { storage, backups, lifecycle } = source;
  const { counters } = storage;
  const runs = source.reconciliations();
  const vars: Record<string, number | string> = {
    framework_registered: source.isRegistered() ? 1 : 0,
    jvm_uptime_secs: source.uptimeSecs(),
    'jvm_prop_sun.java.command': source.commandLine,
    reconciliation_explicit_runs: runs.explicit,
    reconciliation_implicit_runs: runs.implicit,
    scheduler_backup_failed: backups.failed,
    scheduler_backup_success: backups.succeeded,
    scheduler_illegal_task_state_transitions: source.illegalTransitions(),
    scheduler_log_bad_frames_read: 0,
    scheduler_log_bytes_read: counters.bytesRead,
    scheduler_log_bytes_written: counters.bytesWritten,
    scheduler_log_entries_read: counters.entriesRead,
    scheduler_log_entries_written: counters.entriesWritten,
    scheduler_log_native_append_failures: 0,
    scheduler_log_native_append_timeouts: 0,
    scheduler_log_snapshots: counters.snapshots,
    scheduler_log_un_snapshotted_transactions: counters.unSnapshotted,
    ...(source.release.countsStorageStarts && {
      scheduler_storage_prepare_events: lifecycle.state === 'IDLE' ? 0 : 1,
      scheduler_storage_start_events: storage.isReady ? 1 : 0,
    }),
  };
  for (const state of lifecycleStates) {
    vars[`scheduler_lifecycle_${state}`] = lifecycle.state === state ? 1 : 0;
  }
  // Many metrics appear with their first use; these do when a scheduler turns ACTIVE.
  if (lifecycle.state === 'ACTIVE') Object.assign(vars, countTasks(storage, source.release));
  return Object.fromEntries(Object.entries(vars).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function countTasks(storage: LogStorage, { countsPartitions }: SimulatedRelease): Record<string, number> {
  const names = Object.keys(scheduleStatuses).filter((name) => countsPartitions || name !== 'PARTITIONED');
  const counts = Object.fromEntries(names.map((name) => [`task_store_${name}`, 0]));
  for (const { status } of storage.store.tasks.values()) {
    const name = `task_store_${status === undefined ? 'INIT' : statusName(status)}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
