/** What the watches know, for Prometheus. Labels are the configured clusters and the kinds of alarms, and nothing that comes from outside. */
import { Gauge, type Registry } from 'prom-client';
import { alarmKinds } from './alarms/table.ts';
import { readBackups } from './backups.ts';
import { isOpen, isSnoozed } from './state.ts';
import type { Turn } from './watcher.ts';

const prefix = 'aurora_chatops_';

/** `aurora_chatops_backup_late` for `backup-late`. */
export function metricOf(kind: string): string {
  return `${prefix}${kind.replaceAll('-', '_')}`;
}

/** Beside one for each kind of alarm. */
export const factMetrics = {
  snoozed: `${prefix}watch_snoozed`,
  lastLook: `${prefix}watch_last_look_timestamp_seconds`,
  restore: `${prefix}watch_restore_running`,
  newestAt: `${prefix}newest_whole_backup_timestamp_seconds`,
  newestTasks: `${prefix}newest_whole_backup_tasks`,
  newestBytes: `${prefix}newest_whole_backup_bytes`,
} as const;

export interface WatchMetrics {
  note(turn: Turn): void;
}

export function createWatchMetrics(registry: Registry): WatchMetrics {
  const gauge = (name: string, help: string, labelNames: string[] = ['cluster']): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const alarms = alarmKinds.map(({ kind, when }) => ({ kind, gauge: gauge(metricOf(kind), when) }));
  const snoozed = gauge(factMetrics.snoozed, 'Alarms that hold and are silenced by a person.', [
    'cluster',
    'kind',
  ]);
  const lastLook = gauge(factMetrics.lastLook, 'When the watch last looked; unchanged during a restore.');
  const restore = gauge(
    factMetrics.restore,
    '1 while a restore of the cluster is in progress: nothing is judged.',
  );
  const newestAt = gauge(factMetrics.newestAt, 'When the newest whole backup was written.');
  const newestTasks = gauge(factMetrics.newestTasks, 'Tasks in the newest whole backup.');
  const newestBytes = gauge(factMetrics.newestBytes, 'Length of the newest whole backup.');
  return {
    note: ({ cluster, atMs, observation, state }) => {
      const open = state.alarms.filter(isOpen);
      for (const { kind, gauge: one } of alarms) {
        const mine = open.filter((alarm) => alarm.kind === kind);
        const silenced = mine.filter((alarm) => isSnoozed(alarm, atMs)).length;
        one.set({ cluster }, observation === null ? 0 : mine.length - silenced);
        snoozed.set({ cluster, kind }, silenced);
      }
      restore.set({ cluster }, observation === null ? 1 : 0);
      if (observation === null) return;
      lastLook.set({ cluster }, atMs / 1000);
      const [newest] = readBackups(observation, state.history).whole;
      if (newest === undefined) return;
      newestAt.set({ cluster }, newest.writtenAtMs / 1000);
      newestTasks.set({ cluster }, newest.tasks);
      newestBytes.set({ cluster }, newest.bytes);
    },
  };
}
