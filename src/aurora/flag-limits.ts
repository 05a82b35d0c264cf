/**
 * What a scheduler ends with, or never gets ready with, although it reads the value: by name, beyond the form of its kind.
 * Measured on a real 0.23 (test/fixtures/flags), or read in apache/aurora where the class is named.
 */
import { parseFlagDuration } from './flag-duration.ts';

interface Limit {
  /** Ends a sentence that begins with the flag and its value. */
  readonly says: string;
  /** A scheduler starts with it all the same, and never gets ready, or ends when it leads. */
  readonly endsLater: boolean;
}

type Check = (text: string) => Limit | null;

const secondMs = 1_000;
const minuteMs = 60_000;
const portMax = 65_535;

/** `validateValueWith = PositiveNumber` (to 0.18 `@Positive`) of the option classes of 0.19 to 0.22. */
const positiveNumbers = `cron_scheduling_max_batch_size max_status_update_batch_size max_task_event_batch_size
  max_tasks_per_job max_tasks_per_schedule_attempt max_update_instance_failures preemption_reservation_max_batch_size
  reconciliation_explicit_batch_size scheduling_max_batch_size`;
/** `SimpleThreadPool` of Quartz takes nothing else (`CronModule.provideScheduler`), `RateLimiter` of Guava neither. */
const positiveElsewhere = 'cron_scheduler_num_threads max_schedule_attempts_per_sec';
/** `NotNegativeNumber`, and `ScheduledThreadPoolExecutor` of Java (`AsyncModule`). */
const notNegative = 'async_worker_threads offer_static_ban_cache_max_size';
/** `validateValueWith = PositiveAmount`. */
const positiveAmounts = `first_schedule_delay host_maintenance_polling_interval initial_schedule_penalty max_sla_duration_secs
  preemption_delay preemption_slot_hold_time preemption_slot_search_initial_delay preemption_slot_search_interval
  reconciliation_explicit_batch_interval sla_coordinator_timeout sla_stat_refresh_interval`;
/** The pause of a schedule of Guava or Java, which is above 0, made when the scheduler turns ACTIVE (`SnapshotService` and others). */
const pauses = `async_slot_stat_update_interval async_task_stat_update_interval dlog_snapshot_interval
  job_update_history_pruning_interval`;

const byName: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...checkAll(`${positiveNumbers} ${positiveElsewhere}`, (text) =>
    Number.parseFloat(text) > 0 || text.includes('Infinity') ? null : atStart('is not above 0'),
  ),
  ...checkAll(notNegative, (text) => (Number(text) >= 0 ? null : atStart('is below 0'))),
  ...checkAll(positiveAmounts, (text) => (durationOf(text) > 0 ? null : atStart('is not above 0'))),
  ...checkAll(pauses, (text) =>
    durationOf(text) > 0 ? null : later('is not above 0, which ends the scheduler as soon as it leads'),
  ),
  // Cut to whole minutes it becomes 0, which kills the scheduler at the moment it turns ACTIVE (aurora.md 13).
  ...checkAll('reconciliation_explicit_interval reconciliation_implicit_interval', (text) => {
    if (durationOf(text) === 0) return atStart('is not above 0');
    return durationOf(text) < minuteMs
      ? later('is under one minute, which ends the scheduler as soon as it leads')
      : null;
  }),
  [
    'http_port',
    (text) =>
      Number(text) >= 0 && Number(text) <= portMax
        ? null
        : atStart(`is not a port from 0 to ${portMax}: a scheduler dies with it, but its process stays`),
  ],
  // The timer of `SchedulerLifecycle.DefaultDelayedActions.onAutoFailover`.
  [
    'max_leading_duration',
    (text) =>
      durationOf(text) < secondMs
        ? later('is under one second: a scheduler gives up as soon as it leads')
        : null,
  ],
  [
    'max_registration_delay',
    (text) =>
      durationOf(text) < secondMs
        ? atStart('is under one second: a scheduler dies with it, but its process stays')
        : null,
  ],
  // `MesosLogStreamModule.provideLog` takes the parent of it, and there is none.
  [
    'native_log_file_path',
    (text) => (text.includes('/') ? null : atStart('names no directory: write the whole path')),
  ],
  [
    'native_log_quorum_size',
    (text) => (Number(text) >= 0 ? null : later('is below 0: no scheduler gets ready')),
  ],
  // `TimeSeriesRepositoryImpl` divides by it in whole seconds.
  [
    'stat_sampling_interval',
    (text) => (durationOf(text) < secondMs ? atStart('is under one second, the shortest there is') : null),
  ],
  // `ExecutorModule.uriBasename`.
  [
    'thermos_executor_path',
    (text) => (text.endsWith('/') ? atStart('ends with a slash: it names a file') : null),
  ],
  [
    'zk_session_timeout',
    (text) => (durationOf(text) < secondMs ? later('is under one second: no scheduler gets ready') : null),
  ],
]);

/** `null` for a value that is fine by its name, as far as that is known. Its form has been looked at before. */
export function findLimit(flag: string, text: string): Limit | null {
  return byName.get(flag)?.(text) ?? null;
}

function checkAll(names: string, check: Check): [string, Check][] {
  return names.split(/\s+/).map((name) => [name, check]);
}

function durationOf(text: string): number {
  return parseFlagDuration(text) ?? 0;
}

function atStart(says: string): Limit {
  return { says, endsLater: false };
}

function later(says: string): Limit {
  return { says, endsLater: true };
}
