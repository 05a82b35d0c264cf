import type { ReleaseSign } from './release-signs.ts';
import type { TaskRow } from './tasks.ts';

/** Reads tasks while they arrive; a million of them are never there at once. */
type Consume<T> = (rows: AsyncIterable<TaskRow>) => Promise<T>;

/** What the recovery procedure reads from one scheduler, always a named host, never "the leader" (aurora.md 1.5). */
export interface SchedulerReader {
  /** True when a storage-backed read is answered OK; false for `Storage is not READY`; throws on anything else. */
  isStorageReady(): Promise<boolean>;
  /**
   * Hands every live task whose status is in `statuses` (all when absent) to `consume` as it arrives. What was handed out
   * before an error counts for nothing; `consume` may be called again from the first task.
   */
  listTasks<T>(consume: Consume<T>, statuses?: readonly string[]): Promise<T>;
  /** The same with what is staged, every status; `null` when nothing is. */
  queryStaged<T>(consume: Consume<T>): Promise<T | null>;
  /** Names in the backup directory as the scheduler lists them. */
  listBackups(): Promise<readonly string[]>;
  /** What its answers tell of its release; what it does not tell (storage not READY, no task) is left out. */
  readReleaseSigns(): Promise<readonly ReleaseSign[]>;
}
