/**
 * Step 21c: watch until both reconciliations have run and what was predicted has happened, and name every difference, task
 * by task. The leader counts its runs (0.9 and later): without the second one, quiet is no proof of anything.
 */
import { parseFlagDuration } from '../../aurora/flag-duration.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import { loadBlastRadius } from '../blast.ts';
import type { BlastRadius } from '../facts.ts';
import { listRunning, loadRunning, type RunningTask } from '../live-tasks.ts';
import { askToReconcile, isTriggered } from '../reconciliation.ts';
import { findLeaderHost } from '../registered.ts';
import type { Step, StepContext } from '../step.ts';
import { runningWhenSigned, signedSummary } from '../summary.ts';
import { secondLookDocument } from './second-look.ts';

const differencesShown = 50;

export const soak: Step<'soak'> = {
  name: 'soak',
  run: async (context) => {
    const { frameworkId } = context.factsOf('capture-live-tasks');
    const predicted = await loadBlastRadius(context, signedSummary(context).blast.document);
    const before = await runningWhenSigned(context);
    const atLook = await loadRunning(context, secondLookDocument);
    const released = context.factsOf('release-reconciliation').at;
    const limitMs = context.cluster.waits.soakMs + (await untilTimersMs(context));
    const { value } = await context.waitFor({
      what: 'both reconciliations to run and settle',
      usual: 'a few seconds after each',
      limitMs: limitMs + context.cluster.waits.pollMs * 10,
      hint: 'Compare the tasks in Mesos with the prediction by hand.',
      look: async () => {
        const bothRan = await haveBothRun(context);
        const now = await listRunning(context, frameworkId);
        const comparison = { ...compare({ predicted, before, atLook, now }), bothRan };
        // Where nothing counts the runs, only the time tells that they are over.
        const isQuiet = bothRan === true && comparison.differences.length === 0;
        return isQuiet || context.now() - released >= limitMs ? comparison : null;
      },
    });
    const { observed, bothRan } = value;
    const differences = [...(bothRan === false ? [notSeenToRun(limitMs)] : []), ...value.differences];
    return {
      observed,
      bothRan,
      asPredicted: differences.length === 0,
      differences: differences.slice(0, differencesShown),
    };
  },
};

function notSeenToRun(limitMs: number): string {
  return `the leader did not count a run of both reconciliations within ${Math.round(limitMs / 1000)} s: what it does not know may still be killed`;
}

/** By the leader's own counters, which begin at zero in each process; `null` up to 0.8, which has none. */
async function haveBothRun(context: StepContext): Promise<boolean | null> {
  if (releaseOf(context.state().proposal.auroraVersion).reconciliation === 'by-executor') return null;
  const leader = await context.patiently('ZooKeeper', () => findLeaderHost(context));
  if (leader === null) return false;
  const { vars } = await context.readStatus(context.agentOf(leader));
  const runs = (name: string): number => Number(vars?.[`reconciliation_${name}_runs`] ?? 0);
  if (runs('explicit') > 0 && runs('implicit') > 0) return true;
  await askNewLeader(context, leader);
  return false;
}

/** Who leads instead has the held flag too, and would not reconcile by itself: doing it twice does no more than once. */
async function askNewLeader(context: StepContext, leader: string): Promise<void> {
  if (!isTriggered(context.state().proposal)) return;
  if (leader !== context.factsOf('release-reconciliation').host) await askToReconcile(context, leader);
}

/** How long the scheduler's own timers take to both reconciliations, where nobody can ask for them (aurora.md 11.2). */
async function untilTimersMs(context: StepContext): Promise<number> {
  const { proposal } = context.state();
  if (isTriggered(proposal)) return 0;
  const { reconciliation } = releaseOf(proposal.auroraVersion);
  const { host } = context.factsOf('release-reconciliation');
  const { values } = (await context.readStatus(context.agentOf(host))).flags;
  const ms = (flag: string, standard: string): number => parseFlagDuration(values[flag] ?? standard) ?? 0;
  return reconciliation === 'by-executor'
    ? ms('executor_gc_interval', '1hrs')
    : ms('reconciliation_initial_delay', '1mins') + ms('reconciliation_schedule_spread', '30mins');
}

/**
 * Compares by task id what was killed and kept, and by job what was started again (new tasks have new ids). What had ended
 * or started by the second look was not the reconciliation's doing; it is a difference, and says so.
 */
export function compare(tasks: {
  predicted: BlastRadius;
  before: readonly RunningTask[];
  atLook: readonly RunningTask[];
  now: readonly RunningTask[];
}): {
  observed: { killed: number; rescheduled: number; kept: number };
  differences: string[];
} {
  const { predicted, before, atLook, now } = tasks;
  const lived = new Set(atLook.map((task) => task.taskId));
  const live = new Set(now.map((task) => task.taskId));
  const old = new Set(before.map((task) => task.taskId));
  const ended = before.filter((task) => !live.has(task.taskId)).map((task) => task.taskId);
  const started = countByJob(now.filter((task) => !old.has(task.taskId)));
  const expectedToStart = countByJob(predicted.rescheduled);
  const expectedToEnd = new Set(predicted.killed.map((task) => task.taskId));
  const differences = [
    ...ended
      .filter((taskId) => !expectedToEnd.has(taskId))
      .map((taskId) =>
        lived.has(taskId)
          ? `${taskId} ended, which was not predicted`
          : `${taskId} had ended by the second look, before any reconciliation`,
      ),
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
