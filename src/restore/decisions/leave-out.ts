/** Who may leave tasks out of what is staged, and which. Pure, as all judgements. */

import { isAtCommitGate } from '../record/state.ts';
import { judgeStanding, madeAgain, notAnApprover, tooLate } from '../rules/gates.ts';
import {
  cannotEdit,
  committedAlready,
  editsNothing,
  judgeBarred,
  leavesNothing,
  missingReason,
  undoAlready,
} from '../rules/refusals.ts';
import { type Asked, actorOf, isOver, type Judgement } from './judgements.ts';

/**
 * Tasks left out of what is staged, by an approver or the requester. `taskIds` are exact and `staged` is all there is, so
 * that nothing else goes and something is left.
 */
export function judgeEdit(
  { state, voter, now }: Asked,
  edit: { digest: string; taskIds: readonly string[]; staged: ReadonlySet<string>; reason: string },
): Judgement {
  const reason = edit.reason.trim();
  if (reason === '') return missingReason;
  if (state.phase === 'undo') return undoAlready;
  if (state.proposal.procedure !== 'staged') return cannotEdit;
  const { gate, refusal } = judgeStanding(state.gates.commit, { name: 'commit', digest: edit.digest });
  if (refusal !== null) return refusal;
  if (isOver(state, { gate, now })) return tooLate('commit');
  if (state.commitOrdered !== null) return committedAlready;
  if (!isAtCommitGate(state)) return madeAgain;
  const person = actorOf(voter.person);
  if (voter.person.barred !== null) return judgeBarred(voter.person.barred);
  if (!voter.isApprover && person.id !== state.proposal.requester.id) return notAnApprover(state);
  const taskIds = [...new Set(edit.taskIds)].sort();
  if (taskIds.length === 0) return editsNothing;
  const unknown = taskIds.find((taskId) => !edit.staged.has(taskId));
  if (unknown !== undefined) {
    return {
      code: 'edit-unknown-task',
      message: `${unknown.slice(0, 100)} is not staged.`,
      hint: 'Open the form again: it lists what is staged now.',
    };
  }
  if (taskIds.length === edit.staged.size) return leavesNothing;
  return [{ type: 'edit-ordered', digest: edit.digest, person, taskIds, reason }];
}
