/** What the commit gate signs, made in the same way by every procedure. */
import { isDeepStrictEqual } from 'node:util';
import type { BlastRadius } from '../../../aurora/backups.ts';
import type { TaskRow } from '../../../aurora/tasks.ts';
import { keepBlastRadius, loadBlastRadius } from '../../looks/blast.ts';
import { keepRunning, listRunning, loadRunning, type RunningTask } from '../../looks/live-tasks.ts';
import type { BlastSummary, Summary } from '../../record/facts.ts';
import { leftOutOf, procedureOf, type RestoreState, rewindsOf, summaryOf } from '../../record/state.ts';
import { digestOf } from '../../rules/digest.ts';
import { TaskWatch } from '../../rules/unlivable.ts';
import type { StepContext } from '../../step.ts';

/** Hands the tasks to `consume`, from the first one again when what they are read from breaks off. */
export type ReadRows = <T>(
  consume: (rows: AsyncIterable<TaskRow> | Iterable<TaskRow>) => Promise<T>,
) => Promise<T>;

/** The summary that was signed; a step that comes after the commit gate has one. */
export function signedSummary(context: StepContext): Summary {
  const summary = summaryOf(context.state());
  if (summary === undefined) throw new Error(`${context.step} needs what was signed`);
  return summary;
}

/** What ran when that was worked out: later looks compare with it. */
export async function runningWhenSigned(context: StepContext): Promise<readonly RunningTask[]> {
  const { runningDocument } = signedSummary(context);
  return await loadRunning(context, runningDocument ?? context.factsOf('capture-live-tasks').document);
}

/** Compares what would be restored with what runs now; `read` hands on the tasks that are on `host`. */
export async function summarise(
  context: StepContext,
  seen: {
    host: string;
    tasks: number;
    stagedSetDigest: string;
    read: ReadRows;
  },
): Promise<Summary> {
  const state = context.state();
  const { frameworkId } = context.factsOf('capture-live-tasks');
  const { host, tasks, stagedSetDigest, read } = seen;
  const leftOut = leftOutOf(state);
  const running = await listRunning(context, frameworkId);
  let watch = new TaskWatch();
  const blast = await keepBlastRadius(context, {
    document: documentOfAttempt(state, 'cost'),
    blast: await read((rows) => {
      // Read from the first task again, it is judged from the first task again.
      watch = new TaskWatch();
      return context.deps.backups.computeBlastRadius({ backup: watch.watch(rows), running });
    }),
  });
  // An old log is read from a scheduler that has just loaded it: it lives.
  const unlivable = procedureOf(state).source === 'set-aside-log' ? undefined : watch.found;
  const commitDigest = digestOf(state, { intent: 'commit', stagedSetDigest, deletions: leftOut });
  const unchangedSincePlan = await isAsPlanned(context, blast);
  const runningDocument = await keepRunning(context, {
    document: documentOfAttempt(state, 'running'),
    running,
  });
  return {
    host,
    tasks,
    runningDocument,
    stagedSetDigest,
    blast,
    unchangedSincePlan,
    commitDigest,
    ...(leftOut.length > 0 && { leftOut: leftOut.length }),
    ...(unlivable !== undefined && { unlivable }),
  };
}

/** An old log is read only once it is back: of its tasks the plan knew the ids of those that ran, and nothing else. */
async function isAsPlanned(context: StepContext, found: BlastSummary): Promise<boolean> {
  const { blast: planned } = context.factsOf('preview');
  if (found.sha256 === planned.sha256) return true;
  if (procedureOf(context.state()).source === 'backup') return false;
  const lists = [planned, found].map(async ({ document }) => await loadBlastRadius(context, document));
  const [then, now] = (await Promise.all(lists)).map(idsByFate);
  return isDeepStrictEqual(then, now);
}

function idsByFate({ killed, rescheduled, kept }: BlastRadius): readonly string[][] {
  return [killed, rescheduled, kept].map((tasks) => tasks.map(({ taskId }) => taskId).sort());
}

/** Each take keeps its own documents: what was shown to those who signed is still there afterwards. */
export function documentOfAttempt(state: RestoreState, name: string): string {
  const take = rewindsOf(state);
  return take === 0 ? name : `${name}-${take + 1}`;
}
