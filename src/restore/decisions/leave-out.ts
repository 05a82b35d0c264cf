/**
 * Tasks left out of what is staged, by an approver or the requester: whole jobs (`role/environment/name`) and exact ids, so
 * that nothing else goes and something is left. It voids the sign-offs, and who orders it becomes a co-author of what is signed.
 */

import { z } from 'zod';
import { named, printable } from '../../aurora/printable.ts';
import { jobKeyText } from '../../aurora/tasks.ts';
import { openGate } from '../record/gate-state.ts';
import { rewindTo, withoutSignOffs } from '../record/rewinds.ts';
import type { StagedTask } from '../record/staged-task.ts';
import { isAtCommitGate, procedureOf } from '../record/state.ts';
import { actor, event, listOf, struct } from '../record/words.ts';
import { isOver, judgeStanding, madeAgain, notAnApprover, type Refusal, tooLate } from '../rules/gates.ts';
import { committedAlready, judgeBarred, missingReason, undoAlready } from '../rules/refusals.ts';
import { actorOf, decision } from './decision.ts';

/** Tasks to leave out of what is restored, by exact id. Who orders it becomes a co-author of what is signed. */
const editOrdered = event('edit-ordered', {
  digest: z.string(),
  person: actor,
  taskIds: listOf(z.string()),
  /** The jobs they are of, `role/environment/name`, and how many tasks of each; absent in journals of before it was kept. */
  jobs: listOf(struct({ job: z.string(), tasks: z.number() })).exactOptional(),
  reason: z.string(),
});

const chosenNothing: Refusal = {
  code: 'edit-empty',
  message: 'No task was chosen.',
  hint: 'Choose the jobs or tasks that must not come back, or close the form.',
};
const leavesNothing: Refusal = {
  code: 'edit-leaves-nothing',
  message: 'That would leave every task out: committing it would empty the cluster.',
  hint: 'Choose another backup instead, or stop here and put everything back.',
};
const unavailable: Refusal = {
  code: 'edit-unavailable',
  message: 'The recovery tool takes a backup as it is; no task can be left out of it.',
  hint: 'Restore it whole and kill the jobs afterwards, or start again with the staged procedure.',
};

const tasksTold = 5;

interface Chosen {
  readonly jobs: readonly string[];
  readonly taskIds: readonly string[];
  readonly reason: string;
}

export const leaveOut = decision<{ readonly digest: string }, Chosen, typeof editOrdered>({
  wants: () => 'leave tasks out',
  may: ({ state, voter, now }, { digest }) => {
    if (state.phase === 'undo') return undoAlready;
    if (!procedureOf(state).leavesOut) return unavailable;
    const { gate, refusal } = judgeStanding(state.gates.commit, { name: 'commit', digest });
    if (refusal !== null) return refusal;
    if (isOver(state, { gate, now })) return tooLate('commit');
    if (state.commitOrdered !== null) return committedAlready;
    if (!isAtCommitGate(state)) return madeAgain;
    if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
    return voter.isApprover || voter.person.id === state.proposal.requester.id
      ? null
      : notAnApprover(state, voter);
  },
  decide: ({ voter, staged }, { digest, ...chosen }) => {
    const reason = chosen.reason.trim();
    if (printable(reason) === '') return missingReason;
    const taskIds = idsOf(staged, chosen);
    if (taskIds.length === 0) return chosenNothing;
    const known = new Set(staged.map(({ taskId }) => taskId));
    const unknown = taskIds.find((taskId) => !known.has(taskId));
    if (unknown !== undefined) {
      return {
        code: 'edit-unknown-task',
        message: `${named(unknown, 100)} is not staged.`,
        hint: 'Open the form again: it lists what is staged now.',
      };
    }
    if (taskIds.length === known.size) return leavesNothing;
    const jobs = jobsOf(staged, new Set(taskIds));
    return [{ type: 'edit-ordered', digest, person: actorOf(voter.person), taskIds, jobs, reason }];
  },
  readsStaged: true,
  event: editOrdered,
  fold: (state, { person, taskIds, jobs, reason, digest }, at) => {
    openGate(state, 'commit', digest);
    if (state.commitOrdered !== null) throw new Error('an edit cannot follow the order to commit');
    const edits = [...state.edits, { person, taskIds, ...(jobs !== undefined && { jobs }), reason, at }];
    const back = rewindTo({ ...state, edits }, 'summarise-staged');
    return withoutSignOffs(back, `${person.name} has left tasks out of it.`);
  },
  told: ({ person, taskIds, reason }, as) => {
    const more = taskIds.length - tasksTold;
    const shown = taskIds.slice(0, tasksTold).map((taskId) => JSON.stringify(taskId));
    const listed = `${shown.join(', ')}${more > 0 ? ` and ${more} more, all in the export` : ''}`;
    return `${as.name(person)} left ${taskIds.length} ${taskIds.length === 1 ? 'task' : 'tasks'} out: ${as.quote(reason)}${as.detail(listed)}`;
  },
});

/** Each once, sorted. */
function idsOf(staged: readonly StagedTask[], chosen: Pick<Chosen, 'jobs' | 'taskIds'>): readonly string[] {
  const jobs = new Set(chosen.jobs);
  const ofJobs = staged.filter(({ jobKey }) => jobs.has(jobKeyText(jobKey)));
  return [...new Set([...ofJobs.map(({ taskId }) => taskId), ...chosen.taskIds])].sort();
}

/** Sorted by name. */
function jobsOf(
  staged: readonly StagedTask[],
  chosen: ReadonlySet<string>,
): readonly { readonly job: string; readonly tasks: number }[] {
  const left = staged.filter(({ taskId }) => chosen.has(taskId));
  const byJob = Map.groupBy(left, ({ jobKey }) => jobKeyText(jobKey));
  return [...byJob]
    .map(([job, tasks]) => ({ job, tasks: tasks.length }))
    .sort((a, b) => (a.job < b.job ? -1 : 1));
}
