/**
 * Is what was staged still as we left it? Between two of our looks a scheduler may restart, an election may move, and
 * somebody else may unload, edit or commit: Aurora's own client retries a commit from anywhere that reaches the port.
 * Compared are the process, the election, the storage and the staged set; what cannot be seen now is `unclear`.
 */
import { errorCodes } from '../../aurora/error-codes.ts';
import type { HostStatus, StagedDigest } from '../../aurora/hosts.ts';
import { explainClaims } from '../../aurora/leader-words.ts';
import type { ElectionView } from '../../aurora/leadership.ts';
import { countTasks, type TaskRow } from '../../aurora/tasks.ts';
import { type SortedTasks, sortTasks } from '../../streams/task-spools.ts';
import type { ForeignAct } from '../record/events.ts';
import type { StepAgent, StepContext } from '../step.ts';
import { lookAtElection } from './elected.ts';
import { type Turn, takenBack } from './interference.ts';
import { askOneProcess, instanceOf } from './one-process.ts';

export type StagedLook =
  /** `rows`: `null` unless they were asked for. */
  | { readonly kind: 'as-left'; readonly rows: SortedTasks | null }
  /** The same process is elected and READY; what is staged was not read. */
  | { readonly kind: 'held' }
  /** Nobody's doing: what was staged is gone with its process, or with its place in the election. */
  | { readonly kind: 'lost'; readonly code: string; readonly message: string }
  | { readonly kind: 'foreign'; readonly act: ForeignAct; readonly host: string; readonly message: string }
  | { readonly kind: 'unclear'; readonly message: string };

/** Looks once, within one process. Errors of agents and schedulers that do not answer are thrown, as by any look. */
export async function lookAtStaged(
  context: StepContext,
  watch: {
    /** Told what was seen of the election. */
    onElection?: (election: ElectionView) => void;
    /** True: only whether it can still be there is looked at, which costs a large staged set nothing. */
    cheaply?: boolean;
    /** True: the tasks themselves are read; otherwise what the agent says of them will do. */
    withRows?: boolean;
  } = {},
): Promise<StagedLook> {
  const election = await lookAtElection(context);
  watch.onElection?.(election);
  const { elected: status } = election;
  if (status === null) {
    const words = explainClaims(election)?.sentence ?? 'No scheduler is elected at this moment.';
    return { kind: 'unclear', message: words };
  }
  const seen = await askOneProcess(context, status, () => lookAt(context, status, watch));
  return (
    seen?.answer ?? {
      kind: 'unclear',
      message: `The scheduler on ${status.host} was restarted while the bot looked at it.`,
    }
  );
}

async function lookAt(
  context: StepContext,
  status: HostStatus,
  { cheaply = false, withRows = false }: { cheaply?: boolean; withRows?: boolean },
): Promise<StagedLook> {
  const { host } = context.factsOf('summarise-staged');
  const elected = status.host;
  const { scheduler } = context.agentOf(elected);
  const isReady = await context.patiently(`the scheduler on ${elected}`, () => scheduler.isStorageReady());
  if (!isReady) return { kind: 'unclear', message: `The storage of ${elected} is not READY at this moment.` };
  const stored = await context.patiently(`the scheduler on ${elected}`, () =>
    scheduler.listTasks(countTasks),
  );
  if (stored > 0) {
    return {
      kind: 'foreign',
      act: 'committed',
      host: elected,
      message: `${elected} shows ${stored} tasks in its storage, and ${whoCommitted(context)}.`,
    };
  }
  if (elected !== host) {
    return {
      kind: 'lost',
      code: 'leader-moved',
      message: `The backup is staged on ${host}, but ${elected} is the elected scheduler now.`,
    };
  }
  if (hasRestarted(context, status)) {
    return {
      kind: 'lost',
      code: 'scheduler-restarted',
      message: `The scheduler on ${host} was restarted and has forgotten what was staged.`,
    };
  }
  return cheaply ? { kind: 'held' } : await compareStaged(context, { host, withRows });
}

/** An append that was taken for lost may be applied by a later election after all (aurora.md 14 D). */
function whoCommitted(context: StepContext): string {
  return context.state().takenBack.some(({ code }) => code === errorCodes.commitNotApplied)
    ? 'that is not expected: the earlier commit was applied after all, somebody else committed, or an old log has come back'
    : 'this restore has committed nothing: somebody else did, or an old log has come back';
}

async function compareStaged(
  context: StepContext,
  { host, withRows }: { host: string; withRows: boolean },
): Promise<StagedLook> {
  const { stagedSetDigest, tasks } = context.factsOf('summarise-staged');
  const agent = context.agentOf(host);
  const staged = await context.patiently(`the scheduler on ${host}`, () =>
    withRows ? agent.scheduler.queryStaged((rows) => readRows(context, rows)) : readDigest(agent),
  );
  if (staged === null) {
    return {
      kind: 'foreign',
      act: 'unloaded',
      host,
      message: `Nothing is staged on ${host} now, and its process is the same: somebody else unloaded it.`,
    };
  }
  if (staged.digest === stagedSetDigest) return { kind: 'as-left', rows: staged.rows };
  return {
    kind: 'foreign',
    act: 'edited',
    host,
    message: `What is staged on ${host} is no longer what was compared: ${staged.tasks} tasks now, ${tasks} then. Somebody else edited or staged it.`,
  };
}

interface SeenStaged extends StagedDigest {
  readonly rows: SortedTasks | null;
}

async function readRows(context: StepContext, staged: AsyncIterable<TaskRow>): Promise<SeenStaged> {
  const rows = await sortTasks(staged);
  return { ...(await context.deps.backups.digestStagedSet(rows)), rows };
}

async function readDigest(agent: StepAgent): Promise<SeenStaged | null> {
  const said = await agent.digestStaged();
  return said === null ? null : { ...said, rows: null };
}

/** Unknown on either side counts as the same: the staged set itself is compared next. */
function hasRestarted(context: StepContext, status: HostStatus): boolean {
  const before = context.factsOf('stage-backup').process ?? null;
  const now = instanceOf(status);
  return before !== null && now !== null && before !== now;
}

/** What a look that found a change leads to; `null` while it is unclear. Throws when it was begun once more too often. */
export function turnOf(
  context: StepContext,
  look: Exclude<StagedLook, { kind: 'as-left' | 'held' }>,
): Turn | null {
  const { message } = look;
  switch (look.kind) {
    case 'unclear':
      return null;
    case 'lost':
      return takenBack(context, { to: 'find-elected', code: look.code, message, signOffs: 'kept' });
    case 'foreign': {
      const { act, host } = look;
      // Somebody has looked into it since, and the slot is empty: it is staged once more, and signed once more.
      return act === 'unloaded' && context.state().foreign !== null
        ? takenBack(context, { to: 'find-elected', code: 'foreign-unloaded', message, signOffs: 'void' })
        : { type: 'foreign-hand', act, host, message, hint: foreignHint };
    }
  }
}

const foreignHint =
  'Find who else works on this cluster, and make them stop. Nothing was committed by this restore. Then look again and sign again, or put everything back.';
