/**
 * Loads the backup into the scheduler's one staging slot. Interrupted, the slot tells: a call that is still being
 * worked on fills it in the end, and one that is sent again meanwhile cannot fill it twice (`Another backup is already
 * loaded`, aurora.md 4.2). What lies in it is compared with the file by the bot, task by task, in any case.
 */
import { countTasks } from '../../aurora/tasks.ts';
import type { OperationContext } from './operation.ts';
import { callOperation, foundDone } from './scheduler-call.ts';

export const stageBackup = callOperation<'stage-backup'>({
  send: ({ scheduler }, { name }) => scheduler.stageBackup(name),
  lookAfterCrash: async (context) =>
    (await waitUntilStaged(context))
      ? { state: 'done', evidence: foundDone('a backup was staged') }
      : { state: 'not-done' },
});

/** A scheduler that took the call goes on reading the file although nobody waits for its answer any more. */
async function waitUntilStaged({ reader, clock, config }: OperationContext): Promise<boolean> {
  const endsAt = clock.now() + config.bounds.stagingMs;
  for (;;) {
    if ((await reader.queryStaged(countTasks)) !== null) return true;
    if (clock.now() >= endsAt) return false;
    await clock.sleep(config.bounds.pollMs);
  }
}
