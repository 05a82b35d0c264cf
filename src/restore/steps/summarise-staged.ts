/**
 * Leave out what people chose, read back what is staged and compare it with the file, task by task: a scheduler
 * answers OK to files it stages as empty (aurora.md 13). What is signed at the commit gate is the digest of what was read.
 */
import { AuroraError } from '../../aurora/errors.ts';
import type { TaskRow } from '../../aurora/tasks.ts';
import { takeBack } from '../looks/interference.ts';
import { instanceOf } from '../looks/one-process.ts';
import { readStaged } from '../looks/staged.ts';
import { keepStagedTasks } from '../looks/staged-tasks.ts';
import { leftOutOf } from '../record/state.ts';
import type { Step, StepContext } from '../step.ts';
import { documentOfAttempt, summarise } from './shared/summary.ts';

export const summariseStaged: Step<'summarise-staged'> = {
  name: 'summarise-staged',
  title: 'Compare what is staged',
  scope: 'elected',
  does: 'what is staged is read back and compared with the file, task by task.',
  touches: true,
  undo: 'undo-stop-schedulers',
  run: async (context) => {
    const { host } = context.factsOf('stage-backup');
    const leftOut = leftOutOf(context.state());
    if (leftOut.length > 0) await deleteStaged(context, { host, taskIds: [...leftOut] });
    const { rows, unlivable, digest } = await readStaged(context, host);
    const expected = await expectedSet(context, new Set(leftOut));
    if (digest !== expected.digest) {
      throw new AuroraError({
        code: 'staged-differs',
        message: `${host} staged ${rows.size} tasks, ${expected.tasks} are expected from the file, and they are not the same.`,
        hint: 'Do not commit this. The file is read differently by the scheduler, or somebody else edits what is staged. Put everything back and choose another backup.',
      });
    }
    const stagedDocument = documentOfAttempt(context.state(), 'staged-tasks');
    await keepStagedTasks(context.deps.documents, {
      restoreId: context.restoreId,
      document: stagedDocument,
      rows,
    });
    const summary = await summarise(context, { host, rows, unlivable, stagedSetDigest: digest });
    return { ...summary, stagedDocument };
  },
};

/** By exact ids only, all of them in every take: deleting what is gone already deletes nothing else. */
async function deleteStaged(
  context: StepContext,
  wanted: { host: string; taskIds: string[] },
): Promise<void> {
  const { host, taskIds } = wanted;
  const { evidence } = await context.operate(host, 'delete-staged-tasks', { taskIds });
  if (evidence.answer === 'ok') return;
  const status = await context.readStatus(context.agentOf(host));
  if (instanceOf(status) !== (context.factsOf('stage-backup').process ?? instanceOf(status))) {
    takeBack(context, {
      to: 'find-elected',
      code: 'scheduler-ended',
      message: `The scheduler on ${host} ended while tasks were left out of what is staged on it.`,
      signOffs: 'kept',
    });
  }
  throw new AuroraError({
    code: 'edit-refused',
    message: `${host} did not leave the chosen tasks out (${evidence.answer}): ${evidence.messages.join(' ') || 'it said nothing'}`,
    hint: 'Look again, or put everything back.',
  });
}

/** The file without what was left out. */
async function expectedSet(
  context: StepContext,
  leftOut: ReadonlySet<string>,
): Promise<{ digest: string; tasks: number }> {
  const { stagedSetDigest, report } = context.factsOf('choose-backup');
  if (leftOut.size === 0) return { digest: stagedSetDigest, tasks: report.tasks.total };
  const { host, name } = context.state().proposal.backup;
  return await context.readTasks(host, name, (rows) =>
    context.deps.backups.digestStagedSet(without(leftOut, rows)),
  );
}

async function* without(leftOut: ReadonlySet<string>, rows: AsyncIterable<TaskRow>): AsyncGenerator<TaskRow> {
  for await (const row of rows) if (!leftOut.has(row.taskId)) yield row;
}
