/** What the commit gate signs, made in the same way by every procedure. */
import { keepBlastRadius, readBlastRadius } from '../../looks/blast.ts';
import { keepRunning, listRunning, type RunningTask, readRunning } from '../../looks/live-tasks.ts';
import type { BlastSummary, Summary } from '../../record/facts.ts';
import { leftOutOf, procedureOf, type RestoreState, rewindsOf, summaryOf } from '../../record/state.ts';
import { digestOf } from '../../rules/digest.ts';
import type { WatchedTasks } from '../../rules/unlivable.ts';
import type { StepContext } from '../../step.ts';

/** The summary that was signed; a step that comes after the commit gate has one. */
export function signedSummary(context: StepContext): Summary {
  const summary = summaryOf(context.state());
  if (summary === undefined) throw new Error(`${context.step} needs what was signed`);
  return summary;
}

/** What ran when that was worked out: later looks compare with it. */
export async function* runningWhenSigned(context: StepContext): AsyncGenerator<RunningTask> {
  const { runningDocument } = signedSummary(context);
  yield* readRunning(context, runningDocument ?? context.factsOf('capture-live-tasks').document);
}

/** Compares what would be restored, which is on `host`, with what runs now. */
export async function summarise(
  context: StepContext,
  seen: WatchedTasks & {
    host: string;
    stagedSetDigest: string;
  },
): Promise<Summary> {
  const state = context.state();
  const { frameworkId } = context.factsOf('capture-live-tasks');
  const { host, rows, stagedSetDigest } = seen;
  const leftOut = leftOutOf(state);
  const running = await listRunning(context, frameworkId);
  const runningDocument = await keepRunning(context, {
    document: documentOfAttempt(state, 'running'),
    running,
  });
  // Nobody reads either again, and what comes of them is as long.
  const blast = await keepBlastRadius(context, {
    document: documentOfAttempt(state, 'cost'),
    blast: await context.deps.backups.computeBlastRadius({ backup: rows.drain(), running: running.drain() }),
  });
  // An old log is read from a scheduler that has just loaded it: it lives.
  const unlivable = procedureOf(state).source === 'set-aside-log' ? undefined : seen.unlivable;
  const commitDigest = digestOf(state, { intent: 'commit', stagedSetDigest, deletions: leftOut });
  const unchangedSincePlan = await isAsPlanned(context, blast);
  return {
    host,
    tasks: rows.size,
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
  const then = idsByEffect(context, planned.document);
  const now = idsByEffect(context, found.document);
  for (;;) {
    const [one, other] = [await then.next(), await now.next()];
    if (one.done === true || other.done === true) return one.done === other.done;
    if (one.value !== other.value) {
      await Promise.all([then.return(undefined), now.return(undefined)]);
      return false;
    }
  }
}

async function* idsByEffect(context: StepContext, document: string): AsyncGenerator<string> {
  for await (const { effect, task } of readBlastRadius(context, document)) yield `${effect} ${task.taskId}`;
}

/** Each take keeps its own documents: what was shown to those who signed is still there afterwards. */
export function documentOfAttempt(state: RestoreState, name: string): string {
  const take = rewindsOf(state);
  return take === 0 ? name : `${name}-${take + 1}`;
}
