/** What the procedures call the same moments. */
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import type { StepFacts, Summary } from '../../restore/record/facts.ts';
import { procedureOf, type RestoreState } from '../../restore/record/state.ts';
import { type Message, message, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { clockTime, count, dayAndTime, shortDurationText } from '../time.ts';
import { oldText } from './backup-age.ts';

interface Words {
  readonly name: string;
  /** What approving the stop leads to. */
  readonly afterStop: string;
  /** Where the tasks lie that the commit would restore: between its parts stands the host. */
  readonly ready: readonly [string, string];
  /** What the tasks lie in that the commit would restore. */
  readonly holder: string;
  /** What happens between the order to commit and its answer. */
  readonly commit: string;
  /** Why the cost is another than in the plan, when nobody has left anything out. */
  readonly differs: (state: RestoreState) => string;
}

const tasksMoved = (): string => ', because tasks moved since';

const words: Readonly<Record<RestoreProcedure, Words>> = {
  staged: {
    name: 'staged procedure',
    afterStop: 'stages the backup',
    ready: ['Staged on', ''],
    holder: 'the backup',
    commit: 'What is staged is compared again, then committed once.',
    differs: tasksMoved,
  },
  'recovery-tool': {
    name: 'recovery-tool procedure',
    afterStop: 'prepares new logs and the backup for Aurora’s recovery tool, which runs off-line',
    ready: ['Ready on', ' for the recovery tool'],
    holder: 'the backup',
    commit:
      'The backup is compared again, then the recovery tool writes it into one blank log; nothing else runs meanwhile.',
    differs: tasksMoved,
  },
  'set-aside-log': {
    name: 'set-aside-log procedure',
    afterStop: 'brings copies of the old logs back, in isolation',
    ready: ['The old log is back, read on', ''],
    holder: 'the old log',
    commit: 'What the old log holds is read and compared again; then the schedulers start on it.',
    differs: ({ proposal }) => `, which knew only what ran when ${code(proposal.of ?? '')} began`,
  },
};

/** `staged procedure (works with every release)`. */
export function procedureText({ proposal }: RestoreState): string {
  const why = proposal.procedureReason === undefined ? '' : ` (${foreign(proposal.procedureReason, 80)})`;
  return `${words[proposal.procedure].name}${why}`;
}

/** What approving the stop leads to. */
export function afterStopText({ proposal }: RestoreState): string {
  return words[proposal.procedure].afterStop;
}

/** Where the tasks lie that the commit would restore; without markup around it. */
export function readyText(state: RestoreState, summary: Summary): string {
  const [before, after] = words[state.proposal.procedure].ready;
  return `${before} ${foreign(summary.host, 80)}${after}: ${tasksText(state, summary)}`;
}

function tasksText(state: RestoreState, { tasks, leftOut = 0 }: { tasks: number; leftOut?: number }): string {
  if (procedureOf(state).source === 'set-aside-log') return `${count(tasks, 'task')}.`;
  return leftOut === 0
    ? `${count(tasks, 'task')}, exactly those of the file.`
    : `${count(tasks, 'task')}, those of the file without the ${leftOut} left out.`;
}

/** `the backup`, `the old log`: what the tasks lie in that the commit would restore. */
export function holderText({ proposal }: RestoreState): string {
  return words[proposal.procedure].holder;
}

/**
 * What was there before this restore, which sets it aside and can go back to it: `the old logs`. Where an old log is what
 * is brought back, that would be the wrong one: `the logs from before R2`. `of` stands behind the noun.
 */
export function beforeText(state: RestoreState, what: 'log' | 'logs' | 'state', of = ''): string {
  return procedureOf(state).source === 'backup'
    ? `the old ${what}${of}`
    : `the ${what}${of} from before ${state.restoreId}`;
}

/** The same at the beginning of a sentence. */
export function beforeTextFirst(...args: Parameters<typeof beforeText>): string {
  return beforeText(...args).replace(/^t/, 'T');
}

/** Why the cost is another than in the plan: behind `this differs from the plan`. */
export function differsText(state: RestoreState, { leftOut = 0 }: Summary): string {
  return leftOut > 0 ? ', because tasks were left out' : words[state.proposal.procedure].differs(state);
}

/** What happens between the order to commit and its answer. */
export function commitText({ proposal }: RestoreState): string {
  return words[proposal.procedure].commit;
}

/** What is restored, with its date, its age then and its host: for the card and every form. Stands behind a verb. */
export function backupText({ proposal, facts }: RestoreState): string {
  if (proposal.of !== undefined) {
    const old = facts['check-set-aside'];
    const age = old === undefined ? '' : `, ${oldText(old.ageMs)}`;
    return `the log that ${code(proposal.of)} set aside on ${count(proposal.hosts.length, 'host')}${age}`;
  }
  const { backup } = proposal;
  const chosen = facts['choose-backup'];
  return chosen?.report.timestampMs === null || chosen === undefined
    ? `the backup ${code(backup.name)} on ${code(backup.host)}`
    : `the backup of ${dayAndTime(chosen.report.timestampMs)}, ${oldText(chosen.ageMs)} when proposed, from ${foreign(backup.host, 80)}`;
}

/** The same in a few words, as it is called once it is in place. */
export function restoredText({ proposal, facts }: RestoreState): string {
  if (proposal.of !== undefined) return `the log from before ${code(proposal.of)}`;
  const timestamp = facts['choose-backup']?.report.timestampMs;
  return timestamp === null || timestamp === undefined
    ? 'the backup'
    : `the backup of ${clockTime(timestamp)}`;
}

/** The log is filled; nobody has read it yet. */
export function renderToolRun(facts: StepFacts['run-recovery-tool']): Message {
  const host = foreign(facts.host, 80);
  const again = facts.runs > 1 ? `, on attempt ${facts.runs}, with a new blank log` : '';
  return message([
    section(
      `*The recovery tool has filled the log of ${host}:* ${count(facts.copiedOps, 'operation')} in ${shortDurationText(facts.ms)}${again}.`,
    ),
    section(
      `${host} starts first, then just enough others for a quorum; the restored tasks are read back and compared with the signed ones. Nobody has to do anything.`,
    ),
  ]);
}
