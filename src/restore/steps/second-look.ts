/** Step 20: the restored cluster lives and nothing was reconciled yet. Says what moved already. */
import { listRunning, loadRunning } from '../live-tasks.ts';
import type { Step } from '../step.ts';

export const secondLook: Step<'second-look'> = {
  name: 'second-look',
  run: async (context) => {
    const { frameworkId, document } = context.factsOf('capture-live-tasks');
    const before = new Set((await loadRunning(context, document)).map((task) => task.taskId));
    const now = new Set((await listRunning(context, frameworkId)).map((task) => task.taskId));
    return {
      killedAlready: [...before].filter((taskId) => !now.has(taskId)).length,
      startedAlready: [...now].filter((taskId) => !before.has(taskId)).length,
      live: now.size,
    };
  },
};
