import { jobKeyText } from '../../../aurora/tasks.ts';
import type { Struct } from '../../../thrift/schema.ts';
import type { roleSummary } from '../../../thrift/structs.ts';
import { jobKeyOf, type Store } from '../storage/store.ts';

/** Roles with their jobs, which exist only as tasks, and their cron jobs. */
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
