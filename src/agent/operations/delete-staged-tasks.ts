/**
 * Deletes tasks from the staged set, by exact ids only. Interrupted, the staged set tells; sending the same ids again
 * deletes nothing else. With nothing staged at all there is nothing to tell by.
 */
import { callOperation, cannotTell, foundDone } from './scheduler-call.ts';

export const deleteStagedTasks = callOperation<'delete-staged-tasks'>({
  send: ({ scheduler }, { taskIds }) => scheduler.deleteStagedTasks(taskIds),
  lookAfterCrash: async ({ reader }, { taskIds }) => {
    const wanted = new Set(taskIds);
    const left = await reader.queryStaged(async (rows) => {
      let found = 0;
      for await (const { taskId } of rows) if (wanted.has(taskId)) found += 1;
      return found;
    });
    if (left === null) return cannotTell;
    if (left > 0) return { state: 'not-done' };
    return { state: 'done', evidence: foundDone('none of these tasks was staged') };
  },
});
