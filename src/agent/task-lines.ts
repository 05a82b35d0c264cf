/** Tasks of a backup as lines of JSON. */
import { type TaskRow, taskRowSchema } from '../aurora/tasks.ts';
import { readLines } from './json-lines.ts';

/** Throws as `readLines` does. */
export function readTaskLines(bytes: AsyncIterable<Uint8Array>, host: string): AsyncIterable<TaskRow> {
  return readLines(bytes, { host, what: 'tasks', schema: taskRowSchema });
}
