/**
 * Deletes tasks from the staged set, by exact ids only. Interrupted, the staged set tells; sending the same ids again
 * deletes nothing else. With nothing staged at all there is nothing to tell by.
 */
import { callOperation, cannotTell, foundDone } from './scheduler-call.ts';

export const deleteStagedTasks = callOperation<'delete-staged-tasks'>({
  send: ({ scheduler }, { taskIds }) => scheduler.deleteStagedTasks(taskIds),
  lookAfterCrash: async ({ reader }, { taskIds }) => {
    const staged = await reader.queryStaged();
    if (staged === null) return cannotTell;
    const wanted = new Set(taskIds);
    if (staged.some(({ taskId }) => wanted.has(taskId))) return { state: 'not-done' };
    return { state: 'done', evidence: foundDone('none of these tasks was staged') };
  },
});
