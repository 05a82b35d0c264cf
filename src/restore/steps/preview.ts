/** What the restore would kill, start again and leave alone, and the digest that the stop gate signs. */
import type { TaskRow } from '../../aurora/tasks.ts';
import { type SortedTasks, sortTasks } from '../../streams/task-spools.ts';
import { keepBlastRadius } from '../looks/blast.ts';
import { type RunningTask, readRunning } from '../looks/live-tasks.ts';
import { procedureOf } from '../record/state.ts';
import { digestOf } from '../rules/digest.ts';
import type { Step, StepContext } from '../step.ts';

export const preview: Step<'preview'> = {
  name: 'preview',
  title: 'Work out what it costs',
  scope: 'none',
  does: 'what would be killed, started again and kept.',
  touches: false,
  run: async (context) => {
    const { document } = context.factsOf('capture-live-tasks');
    const { rows, stagedSetDigest } = await expectedTasks(context);
    const blast = await context.deps.backups.computeBlastRadius({
      backup: rows.drain(),
      running: readRunning(context, document),
    });
    return {
      blast: await keepBlastRadius(context, { document: 'preview', blast }),
      planDigest: digestOf(context.state(), { intent: 'stop', stagedSetDigest, deletions: [] }),
    };
  },
};

async function expectedTasks(context: StepContext): Promise<{ rows: SortedTasks; stagedSetDigest: string }> {
  const { backup } = context.state().proposal;
  if (procedureOf(context.state()).source === 'backup') {
    const { stagedSetDigest } = context.factsOf('choose-backup');
    return { rows: await context.readTasks(backup.host, backup.name, sortTasks), stagedSetDigest };
  }
  // Nobody can read an old log before a scheduler has it. What ran before that restore is what it believes in, or near to
  // it; the commit gate shows what it really holds.
  const { document } = context.factsOf('check-set-aside');
  const rows = await sortTasks(believedIn(readRunning(context, document)));
  return { rows, stagedSetDigest: (await context.deps.backups.digestStagedSet(rows)).digest };
}

async function* believedIn(ran: AsyncIterable<RunningTask>): AsyncGenerator<TaskRow> {
  for await (const task of ran) yield { ...task, instanceId: -1, status: 'RUNNING' };
}
