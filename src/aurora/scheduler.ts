import type { ReleaseSign } from './release-signs.ts';
import type { TaskRow } from './tasks.ts';

/** What the recovery procedure reads from one scheduler, always a named host, never "the leader" (aurora.md 1.5). */
export interface SchedulerReader {
  /** True when a storage-backed read is answered OK; false for `Storage is not READY`; throws on anything else. */
  isStorageReady(): Promise<boolean>;
  /** Every live task whose status is in `statuses` (all when absent). */
  listTasks(statuses?: readonly string[]): Promise<readonly TaskRow[]>;
  /** What is staged, every status; `null` when nothing is. */
  queryStaged(): Promise<readonly TaskRow[] | null>;
  /** Names in the backup directory as the scheduler lists them. */
  listBackups(): Promise<readonly string[]>;
  /** What its answers tell of its release; what it does not tell (storage not READY, no task) is left out. */
  readReleaseSigns(): Promise<readonly ReleaseSign[]>;
}
