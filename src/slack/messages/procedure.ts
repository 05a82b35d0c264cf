/** What the procedures call the same moments. */
import type { RestoreProcedure } from '../../aurora/cluster.ts';
import type { StepFacts } from '../../restore/record/facts.ts';
import { procedureOf, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { type Message, message, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { clockTime, count, shortDurationText } from '../time.ts';
import { oldText } from './backup-age.ts';

interface Words {
  readonly name: string;
  /** What approving the stop leads to. */
  readonly afterStop: string;
  /** Where the tasks lie that the commit would restore: between its parts stands the host. */
  readonly ready: readonly [string, string];
  /** What the tasks lie in that the commit would restore. */
  readonly holder: string;
  /** What the commit leaves set aside. */
  readonly aside: string;
  /** What happens between the order to commit and its answer. */
  readonly commit: string;
}

const words: Readonly<Record<RestoreProcedure, Words>> = {
  staged: {
    name: 'staged procedure',
    afterStop: 'stages the backup',
    ready: ['Staged on', ''],
    holder: 'the backup',
    aside: 'the old log',
    commit: 'What is staged is compared once more, then committed once.',
  },
  'recovery-tool': {
    name: 'recovery-tool procedure',
    afterStop: 'prepares new logs and the backup for Aurora’s recovery tool, which runs off-line',
    ready: ['Ready on', ' for the recovery tool'],
    holder: 'the backup',
    aside: 'the old log',
    commit:
      'The backup is compared once more, then the recovery tool writes it into one blank log; nothing else runs meanwhile.',
  },
  'set-aside-log': {
    name: 'set-aside log',
    afterStop: 'brings copies of the old logs back, in isolation',
    ready: ['The old log is back, read on', ''],
    holder: 'the old log',
    aside: 'the log of now',
    commit: 'What the old log holds is read and compared once more; then the schedulers start on it.',
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
export function readyText(state: RestoreState): string {
  const summary = summaryOf(state);
  if (summary === undefined) return 'Nothing is staged.';
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

/** What the commit leaves set aside on all hosts. */
export function asideText({ proposal }: RestoreState): string {
  return words[proposal.procedure].aside;
}

/** What happens between the order to commit and its answer. */
export function commitText({ proposal }: RestoreState): string {
  return words[proposal.procedure].commit;
}

/** What is restored, for the first lines of the card. */
export function sourceText({ proposal, facts }: RestoreState): string {
  if (proposal.of !== undefined) {
    const old = facts['check-set-aside'];
    const age = old === undefined ? '' : `, ${oldText(old.ageMs)}`;
    return `The log that ${code(proposal.of)} set aside on ${count(proposal.hosts.length, 'host')}${age}`;
  }
  const { backup } = proposal;
  const chosen = facts['choose-backup'];
  return chosen?.report.timestampMs === null || chosen === undefined
    ? `Backup ${code(backup.name)} on ${code(backup.host)}`
    : `Backup of ${clockTime(chosen.report.timestampMs)} (${oldText(chosen.ageMs)} when proposed, ${code(backup.host)}, sha256 \`${backup.sha256.slice(0, 8)}…\`)`;
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
  const again = facts.runs > 1 ? `, at the ${count(facts.runs - 1, 'repetition')} on a new blank log` : '';
  return message([
    section(
      `*The recovery tool has filled the log of ${host}:* ${count(facts.copiedOps, 'operation')} in ${shortDurationText(facts.ms)}${again}.`,
    ),
    section(
      `${host} starts first, then just enough others for a quorum; the restored tasks are read back and compared with the signed ones. Nobody has to do anything.`,
    ),
  ]);
}
