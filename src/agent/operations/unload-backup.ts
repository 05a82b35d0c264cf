/** Empties the staging slot. Interrupted, the slot tells; emptying an empty one is answered with OK (aurora.md 4.2). */
import { callOperation, foundDone } from './scheduler-call.ts';

export const unloadBackup = callOperation<'unload-backup'>({
  send: ({ scheduler }) => scheduler.unloadBackup(),
  lookAfterCrash: async ({ reader }) =>
    (await reader.queryStaged()) === null
      ? { state: 'done', evidence: foundDone('nothing was staged') }
      : { state: 'not-done' },
});
