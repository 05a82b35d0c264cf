/**
 * What is staged, for who searches in it while they type: derived from the document of the newest summary, once, and kept compressed.
 * A document that was written again has another digest; nothing is decided by an index.
 */
import type { Documents } from '../../aurora/journal.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import { keptAsJson, SortedSpool } from '../../streams/sorted-spool.ts';
import { readStagedTasks } from '../looks/staged-tasks.ts';
import type { StagedTask } from '../record/staged-task.ts';
import { type RestoreState, summaryOf } from '../record/state.ts';

export interface StagedIndex {
  /** How many tasks of each are staged, by `role/environment/name`, in order. */
  readonly jobs: ReadonlyMap<string, number>;
  /** By job and then by id; as often as wanted. */
  readonly tasks: AsyncIterable<StagedTask>;
}

interface StagedIndexes {
  /** Empty while nothing is staged. AuroraError `document-gone` or `document-unreadable`. */
  of(state: RestoreState): Promise<StagedIndex>;
}

/** People choose in two restores at once, seldom in more: the one that was asked for longest ago is made again. */
const keptMax = 2;

export function createStagedIndexes(documents: Pick<Documents, 'load'>): StagedIndexes {
  /** Longest not asked for first. */
  const kept = new Map<string, Promise<StagedIndex>>();
  return {
    of: async (state) => {
      const { stagedDocument = '', stagedSetDigest = '' } = summaryOf(state) ?? {};
      const key = `${state.restoreId} ${stagedDocument} ${stagedSetDigest}`;
      const index = kept.get(key) ?? indexOf(readStagedTasks(documents, state));
      kept.delete(key);
      kept.set(key, index);
      for (const oldest of kept.keys()) if (kept.size > keptMax) kept.delete(oldest);
      try {
        return await index;
      } catch (error) {
        // Asked for again, it is read again.
        if (kept.get(key) === index) kept.delete(key);
        throw error;
      }
    },
  };
}

async function indexOf(staged: AsyncIterable<StagedTask>): Promise<StagedIndex> {
  const sizes = new Map<string, number>();
  const counted = async function* (): AsyncGenerator<StagedTask> {
    for await (const task of staged) {
      const job = jobKeyText(task.jobKey);
      sizes.set(job, (sizes.get(job) ?? 0) + 1);
      yield task;
    }
  };
  const byJob = keptAsJson<StagedTask>(({ jobKey, taskId }) => `${jobKeyText(jobKey)} ${taskId}`);
  const tasks = await SortedSpool.from(byJob, counted());
  return { jobs: new Map([...sizes].sort(([a], [b]) => (a < b ? -1 : 1))), tasks };
}
