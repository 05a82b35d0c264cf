import { jobKeyText, statusName, terminalStatuses } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { jobConfiguration, jobSummary, roleSummary } from '../../../thrift/structs.ts';
import { completeKey, jobKeyOf, type ScheduledTask, type Store } from '../storage/store.ts';

type JobConfiguration = Struct<typeof jobConfiguration>;

/** Jobs as the reads show them: those of tasks, which exist only as tasks, then cron jobs. `ended`: also those that only have ended tasks. */
export function listJobs(
  store: Store,
  { role, ended }: { role: string | undefined; ended: boolean },
): JobConfiguration[] {
  const jobs = [...tasksByJob(store, role).values()].flatMap((tasks) => {
    const active = tasks.filter((task) => !isTerminal(task));
    const config = (active[0] ?? tasks[0])?.assignedTask?.task;
    if ((active.length === 0 && !ended) || config === undefined) return [];
    return [{ taskConfig: config, owner: config.owner, instanceCount: active.length, key: config.job }];
  });
  const crons = [...store.cronJobs.values()].flatMap(({ jobConfiguration }) =>
    jobConfiguration !== undefined && isOfRole(jobConfiguration.key?.role, role) ? [jobConfiguration] : [],
  );
  return [...jobs, ...crons];
}

/** `nextCronRunMs`: a pretend cron job runs at the next full day. */
export function summariseJobs(
  store: Store,
  role: string | undefined,
  nowMs: number,
): Struct<typeof jobSummary>[] {
  const tasks = tasksByJob(store, role);
  return listJobs(store, { role, ended: true }).map((job) => {
    const own = tasks.get(jobKeyText(completeKey(job.key))) ?? [];
    const count = (...names: string[]) => own.filter((task) => names.includes(nameOf(task))).length;
    const pending = count('PENDING', 'THROTTLED');
    return {
      job,
      stats: {
        activeTaskCount: own.filter((task) => !isTerminal(task)).length - pending,
        finishedTaskCount: count('FINISHED', 'KILLED'),
        failedTaskCount: count('FAILED', 'LOST'),
        pendingTaskCount: pending,
      },
      ...(job.cronSchedule !== undefined && { nextCronRunMs: (Math.floor(nowMs / dayMs) + 1) * dayMs }),
    };
  });
}

export function summariseRoles(store: Store): Struct<typeof roleSummary>[] {
  const jobs = new Map<string, Set<string>>();
  for (const task of store.tasks.values()) {
    const key = jobKeyOf(task);
    jobs.set(key.role, (jobs.get(key.role) ?? new Set()).add(jobKeyText(key)));
  }
  const crons = [...store.cronJobs.values()].map(({ jobConfiguration }) => jobConfiguration?.key?.role ?? '');
  return [...new Set([...jobs.keys(), ...crons])].map((role) => ({
    role,
    jobCount: jobs.get(role)?.size ?? 0,
    cronJobCount: crons.filter((one) => one === role).length,
  }));
}

export function isTerminal(task: ScheduledTask): boolean {
  return terminalStatuses.has(nameOf(task));
}

const dayMs = 86_400_000;

function tasksByJob(store: Store, role: string | undefined): Map<string, ScheduledTask[]> {
  const jobs = new Map<string, ScheduledTask[]>();
  for (const task of store.tasks.values()) {
    const key = jobKeyOf(task);
    if (!isOfRole(key.role, role)) continue;
    const text = jobKeyText(key);
    jobs.set(text, [...(jobs.get(text) ?? []), task]);
  }
  return jobs;
}

function isOfRole(role: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || role === wanted;
}

function nameOf(task: ScheduledTask): string {
  return task.status === undefined ? '' : statusName(task.status);
}
