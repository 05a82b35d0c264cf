import { jobKeyText, scheduleStatuses, statusName, terminalStatuses } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { jobSummary } from '../../../thrift/structs.ts';
import { completeKey, jobKeyOf, type ScheduledTask, type Store } from '../storage/store.ts';

type JobSummary = Struct<typeof jobSummary>;

/**
 * Jobs as their tasks show them, and cron jobs as they are stored (ReadOnlySchedulerImpl, `Jobs.getJobStats`); of one role, or of all
 * when there is none. When a cron job runs next is not said: nobody here counts on it.
 */
export function summariseJobs(store: Store, role: string | undefined): JobSummary[] {
  const tasks = Map.groupBy(store.tasks.values(), (task) => jobKeyText(jobKeyOf(task)));
  const jobs = new Map([...tasks].map(([key, ofJob]) => [key, jobOf(ofJob)]));
  for (const [key, { jobConfiguration }] of store.cronJobs) jobs.set(key, { ...jobConfiguration });
  return [...jobs]
    .filter(([, job]) => role === undefined || completeKey(job.key).role === role)
    .map(([key, job]) => ({ job, stats: statsOf(tasks.get(key) ?? []) }));
}

/** With the configuration of the task that has changed last among those that live, or of those that have ended where none does. */
function jobOf(tasks: readonly ScheduledTask[]): NonNullable<JobSummary['job']> {
  const living = tasks.filter(({ status }) => !terminalStatuses.has(statusName(status ?? 0)));
  const newest = (living.length === 0 ? tasks : living).reduce((a, b) =>
    changedAt(b) > changedAt(a) ? b : a,
  );
  const taskConfig = newest.assignedTask?.task;
  return { key: jobKeyOf(newest), owner: taskConfig?.owner, taskConfig, instanceCount: tasks.length };
}

function changedAt({ taskEvents = [] }: ScheduledTask): number {
  return taskEvents.at(-1)?.timestamp ?? 0;
}

const waiting: ReadonlySet<number> = new Set([
  scheduleStatuses.INIT,
  scheduleStatuses.PENDING,
  scheduleStatuses.THROTTLED,
]);
const finished: ReadonlySet<number> = new Set([scheduleStatuses.KILLED, scheduleStatuses.FINISHED]);
const failed: ReadonlySet<number> = new Set([scheduleStatuses.LOST, scheduleStatuses.FAILED]);

function statsOf(tasks: readonly ScheduledTask[]): NonNullable<JobSummary['stats']> {
  const among = (statuses: ReadonlySet<number>): number =>
    tasks.filter(({ status }) => statuses.has(status ?? 0)).length;
  const [pendingTaskCount, finishedTaskCount, failedTaskCount] = [
    among(waiting),
    among(finished),
    among(failed),
  ];
  const activeTaskCount = tasks.length - pendingTaskCount - finishedTaskCount - failedTaskCount;
  return { activeTaskCount, finishedTaskCount, failedTaskCount, pendingTaskCount };
}
