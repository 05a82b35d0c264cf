/** Tasks in order of their ids, in little memory. */
import type { TaskRow } from '../aurora/tasks.ts';
import { keptAsJson, SortedSpool } from './sorted-spool.ts';

/** What lists of tasks are joined by. */
interface WithTaskId {
  readonly taskId: string;
}

/** Tasks of one id are in the order in which they came. */
export type SortedTasks<T extends WithTaskId = TaskRow> = SortedSpool<T>;

/** None at first. */
export function emptyTasks<T extends WithTaskId>(): SortedTasks<T> {
  return new SortedSpool(keptAsJson<T>(({ taskId }) => taskId));
}

/** All of them, read to their end. */
export async function sortTasks<T extends WithTaskId>(
  tasks: AsyncIterable<T> | Iterable<T>,
): Promise<SortedTasks<T>> {
  const sorted = emptyTasks<T>();
  for await (const task of tasks) {
    const full = sorted.add(task);
    if (full !== undefined) await full;
  }
  return sorted;
}
