/** Refusals that several decisions share: each says what is the case and what to do next. */
import { named } from '../../aurora/printable.ts';
import type { UnlivableTasks } from '../record/facts.ts';
import type { Refusal } from './gates.ts';

export const missingReason: Refusal = {
  code: 'reason-missing',
  message: 'A reason is needed.',
  hint: 'One sentence is enough; it goes into the record.',
};
export const committedAlready: Refusal = {
  code: 'committed-already',
  message: 'The commit has been ordered already; it is sent once.',
  hint: 'The card shows what is known.',
};
export const undoAlready: Refusal = {
  code: 'undo-already',
  message: 'Everything is already being put back.',
  hint: 'The card shows how far it has come.',
};
export const paused: Refusal = {
  code: 'paused',
  message: 'This restore is paused; nothing starts until an approver resumes it.',
  hint: 'Press Resume first.',
};
export const notStuck: Refusal = {
  code: 'not-stuck',
  message: 'This restore is not waiting for anybody.',
  hint: 'The card shows where it stands.',
};

/** For a signature under tasks that have to go first. */
export function leaveOutFirst(found: UnlivableTasks): Refusal {
  return {
    code: 'unlivable-staged',
    message: `${tasksOf(found)} in it no scheduler survives: committed like this, every scheduler dies at its start.`,
    hint: 'Leave them out first ("Leave tasks out…"); what is left is then read back, and can be signed.',
  };
}

/** For a placed file that the recovery tool would take as it is. */
export function unlivablePlaced(host: string, found: UnlivableTasks): Refusal {
  return {
    code: 'backup-unlivable',
    message: `${tasksOf(found)} in the backup that was placed on ${host} no scheduler survives: each one that loads it would die at its start.`,
    hint: 'Nothing was written into any log. Put everything back and choose another backup.',
  };
}

function tasksOf({ tasks, shown }: UnlivableTasks): string {
  const [first] = shown;
  const example =
    first === undefined ? '' : ` (${named(first.taskId, 150)} has ${first.flaw}${tasks > 1 ? ', …' : ''})`;
  return `${tasks} task${tasks === 1 ? '' : 's'}${example}`;
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
    message: `There is no restore called ${named(restoreId, 20)}.`,
    hint: '`/aurora status` lists them.',
  };
}

/** For a cluster that is not configured; `known` are the names that are. */
export function unknownCluster(name: string, known: Iterable<string>): Refusal {
  return {
    code: 'unknown-cluster',
    message: `There is no cluster called \`${named(name, 60)}\` in the configuration.`,
    hint: `Known: ${[...known].join(', ')}.`,
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

/** For a name of the cluster that was typed wrongly; `null` when it is right. */
export function wrongName(cluster: string, typed: string, hint: string): Refusal | null {
  const name = typed.trim();
  return name === cluster
    ? null
    : {
        code: 'wrong-name',
        message: `You typed "${named(name, 60)}"; the cluster is called \`${cluster}\`.`,
        hint,
      };
}
