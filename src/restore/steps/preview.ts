/** What the restore would kill, start again and leave alone, and the digest that the stop gate signs. */
import type { TaskRow } from '../../aurora/tasks.ts';
import { keepBlastRadius } from '../looks/blast.ts';
import { loadRunning } from '../looks/live-tasks.ts';
import { procedureOf } from '../record/state.ts';
import { digestOf } from '../rules/digest.ts';
import type { Step, StepContext } from '../step.ts';
import type { ReadRows } from './shared/summary.ts';

export const preview: Step<'preview'> = {
  name: 'preview',
  title: 'Work out what it costs',
  scope: 'none',
  does: 'what would be killed, started again and kept.',
  touches: false,
  run: async (context) => {
    const running = await loadRunning(context, context.factsOf('capture-live-tasks').document);
    const { read, stagedSetDigest } = await expectedTasks(context);
    const blast = await read((rows) => context.deps.backups.computeBlastRadius({ backup: rows, running }));
    return {
      blast: await keepBlastRadius(context, { document: 'preview', blast }),
      planDigest: digestOf(context.state(), { intent: 'stop', stagedSetDigest, deletions: [] }),
    };
  },
};

async function expectedTasks(context: StepContext): Promise<{ read: ReadRows; stagedSetDigest: string }> {
  const { backup } = context.state().proposal;
  if (procedureOf(context.state()).source === 'backup') {
    const { stagedSetDigest } = context.factsOf('choose-backup');
    return {
      read: (consume) => context.readTasks(backup.host, backup.name, consume),
      stagedSetDigest,
    };
  }
  // Nobody can read an old log before a scheduler has it. What ran before that restore is what it believes in, or near to
  // it; the commit gate shows what it really holds.
  const { document } = context.factsOf('check-set-aside');
  const ran = await loadRunning(context, document);
  const rows = ran.map((task): TaskRow => ({ ...task, instanceId: -1, status: 'RUNNING' }));
  return {
    read: (consume) => consume(rows),
    stagedSetDigest: (await context.deps.backups.digestStagedSet(rows)).digest,
  };
}
