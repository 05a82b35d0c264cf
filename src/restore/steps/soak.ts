/**
 * Watch until both reconciliations have run and what was predicted has happened, and name every difference, task
 * by task. The leader counts its runs (0.9 and later), and a run that was counted proves nothing by itself: with its master
 * away a scheduler counts both and does neither (aurora.md 16). So it is judged by what Mesos shows, and asked again.
 */
import type { Effect } from '../../aurora/backups.ts';
import type { HostStatus } from '../../aurora/hosts.ts';
import { releaseOf } from '../../aurora/releases.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import { readBlastRadius } from '../looks/blast.ts';
import { listRunning, type RunningTask, readRunning } from '../looks/live-tasks.ts';
import { lookAtLeader } from '../looks/registered.ts';
import { timersOf } from '../rules/reconciliation-timers.ts';
import type { Step, StepContext } from '../step.ts';
import { secondLookDocument } from './second-look.ts';
import {
  askToReconcile,
  type CountedRuns,
  countedRuns,
  isConnected,
  isTriggered,
  keepRunsBefore,
  roundsAsked,
  runsBefore,
} from './shared/reconciliation.ts';
import { runningWhenSigned, signedSummary } from './shared/summary.ts';

const differencesShown = 50;

export const soak: Step<'soak'> = {
  name: 'soak',
  title: 'Watch both reconciliations',
  scope: 'cluster',
  does: 'killed and started again, compared with the prediction.',
  touches: true,
  undo: { none: 'once it has reconciled, only another restore can go back' },
  run: async (context) => {
    const { frameworkId } = context.factsOf('capture-live-tasks');
    const predicted = await predictedBy(context);
    const before = await Array.fromAsync(runningWhenSigned(context));
    const atLook = await Array.fromAsync(readRunning(context, secondLookDocument));
    const released = context.factsOf('release-reconciliation').at;
    const timersMs = await untilTimersMs(context);
    const limitMs = context.cluster.waits.soakMs + timersMs;
    const asking = createAsking(context, await runsBefore(context));
    const { value } = await context.waitFor({
      what: 'both reconciliations to run and settle',
      usual:
        timersMs === 0
          ? 'a few seconds after each'
          : `${Math.ceil(timersMs / 60_000)} min, by its own timers`,
      limitMs: limitMs + context.cluster.waits.pollMs * 10,
      hint: 'Compare the tasks in Mesos with the prediction by hand.',
      look: async () => {
        const now = await Array.fromAsync((await listRunning(context, frameworkId)).drain());
        const compared = compare({ predicted, before, atLook, now });
        const bothRan = await asking.haveBothRun(compared.unmet > 0);
        // Where nothing counts the runs, only the time tells that they are over.
        const isQuiet = bothRan === true && compared.differences.length === 0;
        return isQuiet || context.now() - released >= limitMs ? { ...compared, bothRan } : null;
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

/** What becomes of tasks that may run, or not run any more. */
interface Predicted {
  readonly killed: readonly RunningTask[];
  readonly rescheduled: readonly RunningTask[];
}

async function predictedBy(context: StepContext): Promise<Predicted> {
  const predicted: Record<Effect, RunningTask[]> = { killed: [], rescheduled: [], kept: [] };
  const { document } = signedSummary(context).blast;
  for await (const { effect, task } of readBlastRadius(context, document))
    if (effect !== 'kept') predicted[effect].push({ taskId: task.taskId, jobKey: task.jobKey });
  return predicted;
}

function notSeenToRun(limitMs: number): string {
  return `the leader did not count a run of both reconciliations within ${Math.round(limitMs / 1000)} s: what it does not know may still be killed`;
}

/** Once more after so many polls without what was predicted, then after twice as many, and so on. */
const pollsUntilAskedAgain = 15;

/** Asks whoever leads to reconcile until it was done: one that took over meanwhile, and again while its runs did nothing. */
function createAsking(context: StepContext, before: CountedRuns | null) {
  const { proposal } = context.state();
  const { at } = context.factsOf('release-reconciliation');
  const mayAsk = isTriggered(proposal);
  let asked = before;
  let askedAt = at;
  let patienceMs = pollsUntilAskedAgain * context.cluster.waits.pollMs;

  const ask = async (leader: HostStatus): Promise<void> => {
    if (!(await isConnected(context))) return;
    asked = countedRuns(context, leader);
    await keepRunsBefore(context, asked);
    await askToReconcile(context, { host: leader.host, round: roundsAsked(context, leader.host) + 1 });
    askedAt = context.now();
  };

  /** By the leader's own counters since it was asked; `null` up to 0.8, which has none. */
  const haveBothRun = async (isUnmet: boolean): Promise<boolean | null> => {
    if (releaseOf(proposal.auroraVersion).reconciliation === 'by-executor') return null;
    const leader = await context.patiently('ZooKeeper', () => lookAtLeader(context));
    if (leader === null) return false;
    const now = countedRuns(context, leader);
    if (mayAsk && asked?.process !== now.process) {
      await ask(leader);
      return false;
    }
    const since = mayAsk ? asked : null;
    const ran = now.explicit > (since?.explicit ?? 0) && now.implicit > (since?.implicit ?? 0);
    // What was counted before a crash, and only that, is not seen to rise: asked once more, it is.
    if (mayAsk && (isUnmet || !ran) && context.now() - askedAt >= patienceMs) {
      patienceMs *= 2;
      await ask(leader);
      return false;
    }
    return ran;
  };

  return { haveBothRun };
}

/** How long the scheduler's own timers take to both reconciliations, where nobody asks for them; 0 where somebody does. */
async function untilTimersMs(context: StepContext): Promise<number> {
  const { proposal } = context.state();
  if (isTriggered(proposal)) return 0;
  const { host } = context.factsOf('release-reconciliation');
  const { flags } = await context.readStatus(context.agentOf(host));
  return timersOf(proposal.auroraVersion, flags.values).implicitMs;
}

/**
 * Compares by task id what was killed and kept, and by job what was started again (new tasks have new ids). What had ended
 * or started by the second look was not the reconciliation's doing; it is a difference, and says so.
 */
export function compare(tasks: {
  predicted: Predicted;
  before: readonly RunningTask[];
  atLook: readonly RunningTask[];
  now: readonly RunningTask[];
}): {
  observed: { killed: number; rescheduled: number; kept: number };
  /** Tasks of the prediction that are not killed, or not started again, yet. */
  unmet: number;
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
  const alive = [...expectedToEnd].filter((taskId) => live.has(taskId));
  const missing = [...expectedToStart].map(([job, wanted]) => Math.max(0, wanted - (started.get(job) ?? 0)));
  const differences = [
    ...ended
      .filter((taskId) => !expectedToEnd.has(taskId))
      .map((taskId) =>
        lived.has(taskId)
          ? `${taskId} ended, which was not predicted`
          : `${taskId} had ended by the second look, before any reconciliation`,
      ),
    ...alive.map((taskId) => `${taskId} still runs, predicted to be killed`),
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
    unmet: alive.length + missing.reduce((sum, count) => sum + count, 0),
    differences,
  };
}

function countByJob(tasks: readonly RunningTask[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const task of tasks)
    counts.set(jobKeyText(task.jobKey), (counts.get(jobKeyText(task.jobKey)) ?? 0) + 1);
  return counts;
}
