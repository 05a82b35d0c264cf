import type { JobKey, TaskRow } from '../aurora/tasks.ts';
import { statusName } from '../aurora/tasks.ts';
import { type Struct, struct } from './schema.ts';
import { identity, jobKey } from './structs/tasks.ts';

/**
 * The parts of a ScheduledTask that a TaskRow needs. Reading with this schema passes over everything else, which is
 * nine tenths of a task.
 */
export const taskRowStruct = struct('ScheduledTask', {
  assignedTask: [
    1,
    {
      struct: struct('AssignedTask', {
        taskId: [1, 'string'],
        slaveHost: [3, 'string'],
        task: [
          4,
          {
            struct: struct('TaskConfig', {
              jobName: [3, 'string'],
              owner: [17, { struct: identity }],
              environment: [26, 'string'],
              job: [28, { struct: jobKey }],
              tier: [30, 'string'],
            }),
          },
        ],
        instanceId: [6, 'i32'],
      }),
    },
  ],
  status: [2, 'i32'],
});

type TaskConfigParts = NonNullable<NonNullable<Struct<typeof taskRowStruct>['assignedTask']>['task']>;

/**
 * The row of a task, or what is missing, as a phrase (`no task id`). A status that the file does not give is
 * `UNKNOWN(absent)`: a scheduler keeps such a task with no status at all.
 */
export function toTaskRow(task: Struct<typeof taskRowStruct>): TaskRow | string {
  const assigned = task.assignedTask;
  if (!assigned?.taskId) return 'no task id';
  if (assigned.task === undefined) return 'no configuration';
  const key = jobKeyOf(assigned.task);
  if (key === null) return 'no job key';
  const row: { -readonly [K in keyof TaskRow]: TaskRow[K] } = {
    taskId: assigned.taskId,
    jobKey: key,
    // Java leaves primitives that were never set at zero.
    instanceId: assigned.instanceId ?? 0,
    status: task.status === undefined ? 'UNKNOWN(absent)' : statusName(task.status),
  };
  if (assigned.task.tier !== undefined) row.tier = assigned.task.tier;
  if (assigned.task.owner?.user !== undefined) row.owner = assigned.task.owner.user;
  if (assigned.slaveHost !== undefined) row.slaveHost = assigned.slaveHost;
  return row;
}

/** Field 28; in data of release 0.5 owner role, environment and job name (aurora.md 3.3). */
function jobKeyOf(config: TaskConfigParts): JobKey | null {
  const role = config.job?.role ?? config.owner?.role;
  const environment = config.job?.environment ?? config.environment;
  const name = config.job?.name ?? config.jobName;
  if (role === undefined || environment === undefined || name === undefined) return null;
  return { role, environment, name };
}
