/**
 * A step that reads a whole cluster runs in a thread: the bot's own loop goes on acknowledging, writing down and speaking
 * meanwhile. The step's code is the same and decides nothing more there; its waits, operations and documents are asked of here.
 */
import { AuroraError, messageOf } from '../../aurora/errors.ts';
import type { PackedDocuments } from '../../aurora/journal.ts';
import { StepInterrupted } from '../engine/thread.ts';
import type { StepThreads } from '../ports.ts';
import type { StepFacts } from '../record/facts.ts';
import type { RestoreState } from '../record/state.ts';
import type { StepContext } from '../step.ts';
import type { HeartCalls, ThreadCalls } from './calls.ts';
import { Line, type Message } from './line.ts';
import type { LongStep } from './long-steps.ts';

/** Whether a step would read so many tasks that a thread is worth its start. */
export async function isLarge(context: StepContext, { fromTasks }: StepThreads): Promise<boolean> {
  const { facts } = context.state();
  const seen = facts['choose-backup']?.report.tasks.total ?? facts['capture-live-tasks']?.tasks;
  return (seen ?? (await tasksOfChosen(context))) >= fromTasks;
}

/** As far as its host knows now; 0 for what cannot be told. */
async function tasksOfChosen(context: StepContext): Promise<number> {
  const { backup } = context.state().proposal;
  try {
    const { files } = await context.agentOf(backup.host).listKnownBackups();
    return files.find(({ name }) => name === backup.name)?.report.tasks.total ?? 0;
  } catch (error) {
    if (error instanceof AuroraError) return 0;
    throw error;
  }
}

/** Answers and throws what the step does; StepInterrupted when `signal` aborts, and the thread is ended. */
export async function runApart<S extends LongStep>(
  context: StepContext,
  work: { step: S; threads: StepThreads; signal: AbortSignal },
): Promise<StepFacts[S]> {
  const { step, signal } = work;
  signal.throwIfAborted();
  const worker = work.threads.start(context.cluster.name);
  let told: RestoreState | null = null;
  const send = (message: Message): void => {
    const state = context.state();
    const isNew = told !== null && told !== state;
    told = state;
    if (isNew) worker.postMessage({ kind: 'tell', what: 'stateIs', args: [state] } satisfies Message);
    worker.postMessage(message);
  };
  const line: Line<ThreadCalls> = new Line<ThreadCalls>(
    send,
    answersOf(context, work.threads.documents, () => line),
  );
  const interrupt = (): void => line.cut(new StepInterrupted());
  worker.on('message', (message: Message) => line.take(message));
  worker.on('error', (error) => line.cut(threadFailed(messageOf(error), error)));
  worker.on('exit', () => line.cut(threadFailed('it has ended', null)));
  signal.addEventListener('abort', interrupt);
  try {
    return (await line.ask('run', step, context.state())) as StepFacts[S];
  } finally {
    signal.removeEventListener('abort', interrupt);
    line.cut(new StepInterrupted());
    await worker.terminate();
  }
}

function answersOf(
  context: StepContext,
  documents: PackedDocuments,
  line: () => Line<ThreadCalls>,
): { readonly [K in keyof HeartCalls]: HeartCalls[K] } {
  const { journal } = context.deps;
  const goingOn = new Map<number, () => void>();
  return {
    readStatus: (host) => context.readStatus(context.agentOf(host)),
    operate: context.operate,
    attempt: context.attempt,
    operateOnAll: context.operateOnAll,
    findLost: context.findLost,
    copyHeldBackup: context.copyHeldBackup,
    notice: context.notice,
    progress: context.progress,
    readPeople: context.readPeople,
    readCertificates: context.readCertificates,
    findLapse: context.findLapse,
    readJournal: (restoreId, afterSeq) => journal.read(restoreId, afterSeq),
    savePacked: (document) => documents.savePacked(document),
    loadPacked: (restoreId, name) => documents.loadPacked(restoreId, name),
    findLeader: async () => {
      const answer = await context.leader.findLeader();
      // An error in an answer would lose its class on the way; thrown it keeps it.
      if (answer.kind === 'unreachable') throw answer.error;
      return answer;
    },
    listLogReplicas: () => context.leader.listLogReplicas(),
    patiently: async (look, what) => {
      try {
        await context.patiently(what, async (progressed) => {
          goingOn.set(look, progressed);
          await line().ask('look', look);
        });
      } finally {
        goingOn.delete(look);
      }
    },
    progressed: (look) => goingOn.get(look)?.(),
    waitFor: async (look, wait) => {
      const { waitedMs } = await context.waitFor({
        ...wait,
        look: async () => ((await line().ask('look', look)) ? true : null),
      });
      return waitedMs;
    },
  };
}

function threadFailed(why: string, cause: Error | null): AuroraError {
  return new AuroraError({
    code: 'reading-failed',
    message: `The tasks of this cluster could not be read: the thread that does it failed (${why}).`,
    hint: 'Look again. If it fails again, look at the memory of the machine of the bot.',
    cause,
  });
}
