import type { Struct } from '../../../thrift/schema.ts';
import type { taskQuery } from '../../../thrift/structs.ts';
import { RpcFailure } from '../api/rpc-failure.ts';
import { jobKeyOf, type ScheduledTask, taskIdOf } from '../storage/store.ts';

export type TaskQuery = Struct<typeof taskQuery>;

/**
 * Aurora's query filter (aurora.md 4.3): conditions are AND-ed, an empty set is no condition, a blank role is
 * none either, an empty environment or job name matches nothing. `limit` and `offset` are the caller's
 * business. Throws RpcFailure (ERROR without a message) for a job name that, without role and environment,
 * stands beside job keys.
 */
export function filterTasks(tasks: Iterable<ScheduledTask>, query: TaskQuery): ScheduledTask[] {
  const { jobName, environment, role, jobKeys = [] } = query;
  if (jobName !== undefined && jobKeys.length > 0 && (role === undefined || environment === undefined)) {
    throw new RpcFailure('ERROR', null);
  }
  // Up to 0.12 `owner.role` is the older way to say it; later clients do not send it.
  const asked = role ?? query.owner?.role;
  const wantedRole = asked === undefined || asked.trim() === '' ? undefined : asked;
  return [...tasks].filter((task) => {
    const key = jobKeyOf(task);
    const { assignedTask } = task;
    return (
      isOrUnset(wantedRole, key.role) &&
      isOrUnset(environment, key.environment) &&
      isOrUnset(jobName, key.name) &&
      inOrEmpty(query.taskIds, taskIdOf(task)) &&
      inOrEmpty(query.statuses, task.status) &&
      inOrEmpty(query.instanceIds, assignedTask?.instanceId) &&
      inOrEmpty(query.slaveHosts, assignedTask?.slaveHost) &&
      (jobKeys.length === 0 ||
        jobKeys.some(
          (one) => one.role === key.role && one.environment === key.environment && one.name === key.name,
        ))
    );
  });
}

function isOrUnset(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === value;
}

function inOrEmpty<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || wanted.length === 0 || (value !== undefined && wanted.includes(value));
}
