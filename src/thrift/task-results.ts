import type { TaskRow } from '../aurora/tasks.ts';
import { CodecError } from './codec-error.ts';
import { struct } from './schema.ts';
import { type TaskParts, taskRowStruct, toTaskRow } from './task-row.ts';

/** The two results that hold tasks, read down to the parts of a row. */
export const taskResults = struct('Result', {
  scheduleStatusResult: [
    3,
    { struct: struct('ScheduleStatusResult', { tasks: [1, { list: { struct: taskRowStruct } }] }) },
  ],
  queryRecoveryResult: [
    9,
    { struct: struct('QueryRecoveryResult', { tasks: [1, { set: { struct: taskRowStruct } }] }) },
  ],
});

/** The row of a task in an answer. A task that cannot be told apart would make every list and digest built on it wrong. */
export function requireRow(task: TaskParts): TaskRow {
  const row = toTaskRow(task);
  if (typeof row === 'string') throw new CodecError('rpc-malformed', `a task with ${row}`);
  return row;
}
