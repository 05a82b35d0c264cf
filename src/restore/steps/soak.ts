/** Step 21c: watch until what was predicted has happened, and name every difference, task by task. */
import { parseFlagDuration } from '../../aurora/flag-duration.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import { loadBlastRadius } from '../blast.ts';
import type { BlastRadius } from '../facts.ts';
import { listRunning, loadRunning, type RunningTask } from '../live-tasks.ts';
import type { Step, StepContext } from '../step.ts';
import { signedSummary } from '../summary.ts';

const differencesShown = 50;

export const soak: Step<'soak'> = {
  name: 'soak',
  run: async (context) => {
    const { frameworkId, document } = context.factsOf('capture-live-tasks');
    const predicted = await loadBlastRadius(context, signedSummary(context).blast.document);
    const before = await loadRunning(context, document);
    const released = context.factsOf('release-reconciliation').at;
    const limitMs = context.cluster.waits.soakMs + (await untilTimersMs(context));
    const { value } = await context.waitFor({
      what: 'both reconciliations to settle',
      usual: 'a few seconds after each',
      limitMs: limitMs + context.cluster.waits.pollMs * 10,
      hint: 'Compare the tasks in Mesos with the prediction by hand.',
      look: async () => {
        const comparison = compare({ predicted, before, now: await listRunning(context, frameworkId) });
        const settled = comparison.differences.length === 0 || context.now() - released >= limitMs;
        return settled ? comparison : null;
      },
    });
    return {
      observed: value.observed,
      asPredicted: value.differences.length === 0,
      differences: value.differences.slice(0, differencesShown),
    };
  },
};

/** How long the scheduler's own timers take to both reconciliations, where nobody can ask for them (aurora.md 11.2). */
async function untilTimersMs(context: StepContext): Promise<number> {
  const { reconciliation } = releaseOf(context.state().proposal.auroraVersion);
  if (reconciliation === 'on-call') return 0;
  const { host } = context.factsOf('release-reconciliation');
  const { values } = (await context.readStatus(context.agentOf(host))).flags;
  const ms = (flag: string, standard: string): number => parseFlagDuration(values[flag] ?? standard) ?? 0;
  return reconciliation === 'by-executor'
    ? ms('executor_gc_interval', '1hrs')
    : ms('reconciliation_initial_delay', '1mins') + ms('reconciliation_schedule_spread', '30mins');
}

/** Compares by task id what was killed and kept, and by job what was started again (new tasks have new ids). */
export function compare(tasks: {
  predicted: BlastRadius;
  before: readonly RunningTask[];
  now: readonly RunningTask[];
}): {
  observed: { killed: number; rescheduled: number; kept: number };
  differences: string[];
} {
  const { predicted, before, now } = tasks;
  const live = new Set(now.map((task) => task.taskId));
  const old = new Set(before.map((task) => task.taskId));
  const ended = before.filter((task) => !live.has(task.taskId)).map((task) => task.taskId);
  const started = countByJob(now.filter((task) => !old.has(task.taskId)));
  const expectedToStart = countByJob(predicted.rescheduled);
  const expectedToEnd = new Set(predicted.killed.map((task) => task.taskId));
  const differences = [
    ...ended
      .filter((taskId) => !expectedToEnd.has(taskId))
      .map((taskId) => `${taskId} ended, which was not predicted`),
    ...[...expectedToEnd]
      .filter((taskId) => live.has(taskId))
      .map((taskId) => `${taskId} still runs, predicted to be killed`),
    ...[...new Set([...started.keys(), ...expectedToStart.keys()])].sort().flatMap((job) => {
      const [seen, expected] = [started.get(job) ?? 0, expectedToStart.get(job) ?? 0];
      return seen === expected ? [] : [`${job}: ${seen} started again, ${expected} predicted`];
    }),
  ];
  return {
    observed: {
      killed: ended.length,
      rescheduled: [...started.values()].reduce((sum, count) => sum + count, 0),
      kept: before.length - ended.length,
    },
    differences,
  };
}

function countByJob(tasks: readonly RunningTask[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const task of tasks)
    counts.set(jobKeyText(task.jobKey), (counts.get(jobKeyText(task.jobKey)) ?? 0) + 1);
  return counts;
}
