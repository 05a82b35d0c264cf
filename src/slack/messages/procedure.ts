/** What the two procedures call the same moments. */
import type { StepFacts } from '../../restore/facts.ts';
import { type RestoreState, summaryOf } from '../../restore/state.ts';
import { type Message, message, section } from '../blocks.ts';
import { foreign } from '../escape.ts';
import { count, shortDurationText } from '../time.ts';

/** `staged procedure (works with every release)`. */
export function procedureText({ proposal }: RestoreState): string {
  const why = proposal.procedureReason === undefined ? '' : ` (${foreign(proposal.procedureReason, 80)})`;
  return `${proposal.procedure === 'staged' ? 'staged' : 'recovery-tool'} procedure${why}`;
}

/** What approving the stop leads to. */
export function afterStopText({ proposal }: RestoreState): string {
  return proposal.procedure === 'staged'
    ? 'stages the backup'
    : 'prepares new logs and the backup for Aurora’s recovery tool, which runs off-line';
}

/** Where the tasks lie that the commit would restore; without markup around it. */
export function readyText(state: RestoreState): string {
  const summary = summaryOf(state);
  if (summary === undefined) return 'Nothing is staged.';
  const left = summary.leftOut ?? 0;
  const tasks =
    left === 0
      ? `${count(summary.tasks, 'task')}, exactly those of the file.`
      : `${count(summary.tasks, 'task')}, those of the file without the ${left} left out.`;
  return state.proposal.procedure === 'staged'
    ? `Staged on ${foreign(summary.host, 80)}: ${tasks}`
    : `Ready on ${foreign(summary.host, 80)} for the recovery tool: ${tasks}`;
}

/** What happens between the order to commit and its answer. */
export function commitText({ proposal }: RestoreState): string {
  return proposal.procedure === 'staged'
    ? 'What is staged is compared once more, then committed once.'
    : 'The backup is compared once more, then the recovery tool writes it into one blank log; nothing else runs meanwhile.';
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
