/**
 * What a restore does to the tasks that run now: the rules of aurora.md 11.3, which three recorded restores confirm.
 *
 * B is the staged set as it will be committed (every status), M what Mesos really runs for this framework. A kill
 * happens when an update of a running task reaches a scheduler that believes the task gone; a replacement is launched
 * when the scheduler believes in a task that does not run.
 */

import type { AffectedTask, CountedBlastRadius, TaskFates } from '../aurora/backups.ts';
import { type JobKey, slaveAssignedStatuses, type TaskRow, terminalStatuses } from '../aurora/tasks.ts';
import { joinTasks } from '../streams/join-tasks.ts';
import { emptyTasks } from '../streams/task-spools.ts';

/** A running task: a live task of the Mesos master, or a row of the scheduler while it still answers. */
interface RunningTask {
  readonly taskId: string;
  /** `role/environment/job`, as Mesos calls it. */
  readonly name?: string;
  readonly jobKey?: JobKey;
  readonly instanceId?: number;
  readonly tier?: string;
  readonly owner?: string;
  readonly slaveHost?: string;
}

/**
 * Computes who is killed, rescheduled and kept. A task can be both killed and rescheduled: one that the backup
 * believes restarting, or not yet placed. Of a running task that the backup does not know, what the caller does not tell is
 * read from its name and id; an instance that cannot be told is -1. Both sides are in order of task id; where the backup has
 * a task twice, the first one runs.
 */
export async function computeBlastRadius(sets: {
  readonly backup: AsyncIterable<TaskRow> | Iterable<TaskRow>;
  readonly running: AsyncIterable<RunningTask> | Iterable<RunningTask>;
}): Promise<CountedBlastRadius> {
  const lists = {
    killed: emptyTasks<AffectedTask>(),
    rescheduled: emptyTasks<AffectedTask>(),
    kept: emptyTasks<AffectedTask>(),
  };
  const fates = { ...noFates };
  for await (const { left, right } of joinTasks(sets.backup, sets.running)) {
    const runs = right.at(-1);
    for (const [index, task] of left.entries()) {
      const fate = index === 0 && runs !== undefined ? fateOfRunning(task.status) : fateOfGone(task.status);
      fates[fate.counts] += 1;
      const affected = { ...task, why: fate.why };
      if (fate.killed) await lists.killed.add(affected);
      if (fate.rescheduled) await lists.rescheduled.add(affected);
      if (fate.kept) await lists.kept.add(affected);
    }
    if (left.length === 0 && runs !== undefined)
      await lists.killed.add({ ...rowOfRunning(runs), why: 'absent' });
  }
  return { ...lists, fates };
}

const noFates: TaskFates = Object.freeze({
  killed: 0,
  replaced: 0,
  startedAgain: 0,
  kept: 0,
  waiting: 0,
  ended: 0,
  neverStarted: 0,
  unknown: 0,
});

interface Fate {
  readonly why: string;
  readonly counts: keyof TaskFates;
  readonly killed?: true;
  readonly rescheduled?: true;
  readonly kept?: true;
}

/** Moving between machines in the backup: killed on its next update, and replaced. */
const movingStatuses: ReadonlySet<string> = new Set(['RESTARTING', 'PREEMPTING', 'DRAINING']);
const unplacedStatuses: ReadonlySet<string> = new Set(['PENDING', 'THROTTLED']);

function fateOfRunning(status: string): Fate {
  if (terminalStatuses.has(status)) return killedFor('terminal in the backup');
  if (status === 'KILLING') return killedFor('being killed in the backup');
  if (movingStatuses.has(status)) return replacedFor(`${status.toLowerCase()} in the backup`);
  if (unplacedStatuses.has(status)) return replacedFor('placed after the backup');
  if (slaveAssignedStatuses.has(status)) return { why: 'running in both', counts: 'kept', kept: true };
  // A task that was never handed to the scheduling cannot run; nobody has seen one that does.
  if (status === 'INIT') return killedFor('never started in the backup');
  // A scheduler keeps a task of a status it does not know with none at all: it believes in nothing, so it kills.
  return killedFor('of unknown status in the backup');
}

function killedFor(why: string): Fate {
  return { why, counts: 'killed', killed: true };
}

function replacedFor(why: string): Fate {
  return { why, counts: 'replaced', killed: true, rescheduled: true };
}

function fateOfGone(status: string): Fate {
  const why = 'nothing runs and nothing is believed to run';
  if (terminalStatuses.has(status) || status === 'KILLING') return { why, counts: 'ended' };
  if (slaveAssignedStatuses.has(status))
    return { why: 'no longer running', counts: 'startedAgain', rescheduled: true };
  if (unplacedStatuses.has(status)) return { why, counts: 'waiting' };
  return { why, counts: status === 'INIT' ? 'neverStarted' : 'unknown' };
}

function rowOfRunning(task: RunningTask): TaskRow {
  return {
    taskId: task.taskId,
    jobKey: task.jobKey ?? jobKeyOfName(task.name ?? ''),
    instanceId: task.instanceId ?? instanceOfId(task.taskId),
    status: 'RUNNING',
    ...(task.tier === undefined ? {} : { tier: task.tier }),
    ...(task.owner === undefined ? {} : { owner: task.owner }),
    ...(task.slaveHost === undefined ? {} : { slaveHost: task.slaveHost }),
  };
}

function jobKeyOfName(text: string): JobKey {
  const [role = '', environment = '', ...name] = text.split('/');
  return { role, environment, name: name.join('/') };
}

/** Aurora's ids end in `-<instance>-<uuid>`. */
function instanceOfId(taskId: string): number {
  const instance = /-(\d{1,9})-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.exec(taskId)?.[1];
  return instance === undefined ? -1 : Number(instance);
}
