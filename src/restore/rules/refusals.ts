/** The refusals that are not about a signature: each says what is the case and what to do next. */
import type { UnlivableTasks } from '../record/facts.ts';
import type { Refusal } from './gates.ts';

export const missingReason: Refusal = {
  code: 'reason-missing',
  message: 'A reason is needed.',
  hint: 'One sentence is enough; it stands in the record.',
};
export const committedAlready: Refusal = {
  code: 'committed-already',
  message: 'The commit has been ordered already; it is sent once.',
  hint: 'The card shows what is being found out.',
};
export const noLook: Refusal = {
  code: 'no-second-look',
  message: 'The second look is not open yet.',
  hint: 'The card at the top of the thread says where it stands.',
};
export const nothingCommitted: Refusal = {
  code: 'no-second-look',
  message: 'Nothing was committed, so there is nothing to go back from.',
  hint: 'Stop it instead: that puts everything back.',
};
export const goingBack: Refusal = {
  code: 'going-back',
  message: 'Somebody has proposed to go back to the old state, and that is not decided yet.',
  hint: 'Decline going back first, then let it reconcile.',
};
export const undoAlready: Refusal = {
  code: 'undo-already',
  message: 'Everything is being put back already.',
  hint: 'The card shows how far it is.',
};
export const afterCommit: Refusal = {
  code: 'after-commit',
  message: 'The commit has been ordered; it cannot be undone by an abort.',
  hint: 'At the second look, "Go back to the old state" puts the old logs back.',
};
export const paused: Refusal = {
  code: 'paused',
  message: 'This restore is paused; nothing is begun until an approver resumes it.',
  hint: 'Press Resume first.',
};
export const pausedAlready: Refusal = {
  code: 'paused-already',
  message: 'This restore is paused already.',
  hint: 'An approver resumes it, or anybody stops it and puts everything back.',
};
export const notPaused: Refusal = {
  code: 'not-paused',
  message: 'This restore is not paused.',
  hint: 'The card shows where it stands.',
};
export const editsNothing: Refusal = {
  code: 'edit-empty',
  message: 'No task was chosen.',
  hint: 'Choose the jobs or tasks that must not come back, or close the form.',
};
export const leavesNothing: Refusal = {
  code: 'edit-leaves-nothing',
  message: 'That would leave every task out: committing it would empty the cluster.',
  hint: 'Choose another backup instead, or stop here and put everything back.',
};
export const cannotEdit: Refusal = {
  code: 'edit-unavailable',
  message: 'The recovery tool takes a backup as it is; no task can be left out of it.',
  hint: 'Restore it whole and kill the jobs afterwards, or start again with the staged procedure.',
};
export const putBackFirst: Refusal = {
  code: 'put-back-first',
  message: 'Everything can still be put back, and that comes first.',
  hint: 'Stop it or go back; only what then cannot be put back may be left as it is.',
};
export const notStuck: Refusal = {
  code: 'not-stuck',
  message: 'This restore is not waiting for anybody.',
  hint: 'The card shows where it stands.',
};

/** For the second look, once it is over; `by` is a person's name, or `null` when its time let it go on. */
export function releasedAlready(by: string | null): Refusal {
  return {
    code: 'released-already',
    message: `The second look is over: ${by === null ? 'its time has run out' : `${by} has let it reconcile`}, and tasks are killed and started.`,
    hint: 'Wait for the end of this restore; "Back to the old log…" is offered there, as a restore of its own.',
  };
}

/** For a signature under tasks that have to go first. */
export function leaveOutFirst(found: UnlivableTasks): Refusal {
  return {
    code: 'unlivable-staged',
    message: `${tasksOf(found)} in it no scheduler can live on: committed like this, every scheduler dies at its start.`,
    hint: 'Leave them out first ("Leave tasks out…"); what is left is then read back, and can be signed.',
  };
}

/** For a placed file that the recovery tool would take as it is. */
export function unlivablePlaced(host: string, found: UnlivableTasks): Refusal {
  return {
    code: 'backup-unlivable',
    message: `${tasksOf(found)} in the backup that was placed on ${host} no scheduler can live on: each one that loads it would die at its start.`,
    hint: 'Nothing was written into any log. Put everything back and choose another backup.',
  };
}

function tasksOf({ tasks, shown }: UnlivableTasks): string {
  const [first] = shown;
  const named =
    first === undefined ? '' : ` (${first.taskId.slice(0, 150)} has ${first.flaw}${tasks > 1 ? ', …' : ''})`;
  return `${tasks} task${tasks === 1 ? '' : 's'}${named}`;
}

/** For somebody who may do nothing here at all: `why` is a noun phrase, such as "guests never count". */
export function judgeBarred(why: string): Refusal {
  return {
    code: 'person-barred',
    message: `You cannot do this: ${why}.`,
    hint: 'Full members of this workspace can.',
  };
}

/** For a name that no journal has. */
export function unknownRestore(restoreId: string): Refusal {
  return {
    code: 'unknown-restore',
    message: `There is no restore called ${restoreId.slice(0, 20)}.`,
    hint: '`/aurora status` lists them.',
  };
}

/** For a cluster that is not configured; `known` are the names that are. */
export function unknownCluster(name: string, known: Iterable<string>): Refusal {
  return {
    code: 'unknown-cluster',
    message: `There is no cluster called \`${name.slice(0, 60)}\` in the configuration.`,
    hint: `Known: ${[...known].join(', ')}.`,
  };
}

/** For going back to what was before a restore that has not ended. */
export function stillGoingOn(restoreId: string): Refusal {
  return {
    code: 'restore-open',
    message: `${restoreId} has not ended yet.`,
    hint: 'Until its first reconciliation its own card offers the way back; afterwards wait for its end, then go back from there.',
  };
}

/** For going back to what was before a restore that left no old log behind. */
export function nothingAside(restoreId: string): Refusal {
  return {
    code: 'nothing-set-aside',
    message: `${restoreId} has set no log aside that could come back: it was not completed.`,
    hint: '`/aurora status` lists those that were.',
  };
}

/** For everything after the end; `outcome` is the word of the end. */
export function alreadyEnded(restoreId: string, outcome: string): Refusal {
  return {
    code: 'restore-ended',
    message: `${restoreId} has ended: ${outcome}.`,
    hint: '`/aurora restore` starts another one.',
  };
}
