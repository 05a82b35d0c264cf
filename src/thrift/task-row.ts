import type { JobKey, TaskFlaw, TaskRow } from '../aurora/tasks.ts';
import { statusName } from '../aurora/tasks.ts';
import { CodecError } from './codec-error.ts';
import { type Struct, struct } from './schema.ts';
import { identity, jobKey } from './structs/tasks.ts';

/**
 * The parts of a configuration that a TaskRow needs. Reading with this schema passes over everything else, which is nine
 * tenths of a task.
 */
export const configRowStruct = struct('TaskConfig', {
  jobName: [3, 'string'],
  owner: [17, { struct: identity }],
  environment: [26, 'string'],
  job: [28, { struct: jobKey }],
  tier: [30, 'string'],
});

/** A task down to its row. Of its events it matters only how many there are. */
export const taskRowStruct = struct('ScheduledTask', {
  assignedTask: [
    1,
    {
      struct: struct('AssignedTask', {
        taskId: [1, 'string'],
        slaveHost: [3, 'string'],
        task: [4, { struct: configRowStruct }],
        instanceId: [6, 'i32'],
      }),
    },
  ],
  status: [2, 'i32'],
  taskEvents: [4, { list: { struct: struct('TaskEvent', {}) } }],
});

/** The same, in whatever way it was read. */
export interface TaskParts extends Pick<Struct<typeof taskRowStruct>, 'assignedTask' | 'status'> {
  readonly taskEvents?: { readonly length: number } | undefined;
}

type TaskConfigParts = Struct<typeof configRowStruct>;

/**
 * The row of a task, or what is missing, as a phrase (`no task id`). A part of the job key that the file does not give is
 * empty, and a flaw of the task. A status that the file does not give is
 * `UNKNOWN(absent)`: a scheduler keeps such a task with no status at all.
 */
export function toTaskRow(task: TaskParts): TaskRow | string {
  const assigned = task.assignedTask;
  // An empty id is one: a scheduler lives with it (aurora.md 16).
  if (assigned?.taskId === undefined) return 'no task id';
  if (assigned.task === undefined) return 'no configuration';
  const key = jobKeyOf(assigned.task);
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
  const flaw = flawOf(key, task.taskEvents?.length ?? 0);
  if (flaw !== null) row.flaw = flaw;
  return row;
}

/** The row of a task in an answer. A task that cannot be told apart would make every list and digest built on it wrong. */
export function requireRow(task: TaskParts): TaskRow {
  const row = toTaskRow(task);
  if (typeof row === 'string') throw new CodecError('rpc-malformed', `a task with ${row}`);
  return row;
}

/** A part of the key that is empty kills like one that is missing. */
function flawOf({ role, environment, name }: JobKey, events: number): TaskFlaw | null {
  if (role === '') return 'no role';
  if (environment === '') return 'no environment';
  if (name === '') return 'no job name';
  return events === 0 ? 'no task events' : null;
}

/** Field 28; in data of release 0.5 owner role, environment and job name (aurora.md 3.3). */
function jobKeyOf(config: TaskConfigParts): JobKey {
  return {
    role: config.job?.role ?? config.owner?.role ?? '',
    environment: config.job?.environment ?? config.environment ?? '',
    name: config.job?.name ?? config.jobName ?? '',
  };
}
