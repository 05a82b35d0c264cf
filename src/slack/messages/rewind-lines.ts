/** Rewinds of a restore, as lines inside other messages: what was left out, what was kept, what goes on meanwhile. */
import type { SectionBlock } from '@slack/types';
import { type Edit, leftOutOf, type RestoreState, summaryOf } from '../../restore/record/state.ts';
import { titleOfStep } from '../../restore/steps/index.ts';
import { listRows, section } from '../blocks.ts';
import { code, foreign, quote, sentence } from '../escape.ts';
import { clockTime, count } from '../time.ts';
import { wordList } from './approvers.ts';

const editsShown = 5;
const unlivableShown = 10;
const jobsShown = 5;

/** How many tasks were left out, by whom and why; nothing when all come back. */
export function leftOutSections(state: RestoreState): SectionBlock[] {
  const tasks = leftOutOf(state).length;
  if (tasks === 0) return [];
  const rows = state.edits.map((edit) => `• ${editText(edit)}`);
  return [section(`${leftOutText(state)} Each is in the attached list.\n${listRows(rows, editsShown)}`)];
}

/** `Left out: 3 tasks of www/prod/web (2) and ads/prod/bidder (1).`, of one job without its number; for the card and every form; empty when all come back. */
export function leftOutText(state: RestoreState): string {
  const tasks = leftOutOf(state).length;
  return tasks === 0
    ? ''
    : `*Left out: ${count(tasks, 'task')}${ofJobsText(state.edits.flatMap(({ jobs }) => jobs))}.*`;
}

/** ` of www/prod/web (2) and ads/prod/bidder (1)`, most tasks first; empty where no job is known. */
export function ofJobsText(edited: Edit['jobs']): string {
  const sizes = new Map<string, number>();
  for (const { job, tasks } of edited) sizes.set(job, (sizes.get(job) ?? 0) + tasks);
  if (sizes.size === 0) return '';
  // Of one job the number stands in front already.
  const rows = [...sizes]
    .sort(([, a], [, b]) => b - a)
    .map(([job, tasks]) => `${code(job, 100)}${sizes.size === 1 ? '' : ` (${tasks})`}`);
  const more = rows.length - jobsShown;
  return ` of ${wordList([...rows.slice(0, jobsShown), ...(more > 0 ? [count(more, 'more job')] : [])])}`;
}

/** True while nobody can sign, because no scheduler could live on what is staged. */
export function mustLeaveOut(state: RestoreState): boolean {
  return summaryOf(state)?.unlivable !== undefined;
}

/** What has to go before anybody can sign; `null` when nothing has to. */
export function leaveOutFirstText(state: RestoreState): string | null {
  const found = summaryOf(state)?.unlivable;
  if (found === undefined) return null;
  const { tasks } = found;
  const them = tasks === 1 ? 'it' : 'them';
  return `*Leave ${count(tasks, 'task')} out first: no scheduler survives ${them}, and nobody can sign yet.* Committed like this, every scheduler would die at its start. The other way is to stop here.`;
}

/** The same with the first of them by name. */
export function leaveOutFirstSections(state: RestoreState): SectionBlock[] {
  const text = leaveOutFirstText(state);
  if (text === null) return [];
  const { tasks = 0, shown = [] } = summaryOf(state)?.unlivable ?? {};
  const rows = shown.map(({ taskId, job, flaw }) => `• ${code(taskId, 150)} of ${code(job, 100)}: ${flaw}`);
  const more = tasks > shown.length ? `\n…and ${tasks - shown.length} more; the form names them all` : '';
  return [section(`${text}\n${listRows(rows, unlivableShown)}${more}`)];
}

/** At an opening of the commit gate that found earlier sign-offs: they stand, and whose they are. */
export function keptSections(state: RestoreState): SectionBlock[] {
  const signers = state.gates.commit?.signOffs.map(({ person }) => foreign(person.name, 60)) ?? [];
  if (signers.length === 0) return [];
  return [
    section(
      `*Redone with the same result: the sign-off${signers.length === 1 ? '' : 's'} of ${wordList(signers)} still count${signers.length === 1 ? 's' : ''}.*`,
    ),
  ];
}

/** Everything that rewound the plan so far, oldest first; a pause only while it lasts. */
export function rewindRows(state: RestoreState): string[] {
  const rewinds = [
    ...state.edits.map((edit) => ({ at: edit.at, text: editText(edit) })),
    ...state.takenBack.map(({ at, to, message }) => ({
      at,
      text: `${clockTime(at)} retried from "${titleOfStep(to)}": ${sentence(message, 200)}`,
    })),
    ...(state.paused === null ? [] : [{ at: state.paused.at, text: pausedText(state.paused) }]),
  ];
  return rewinds.sort((a, b) => a.at - b.at).map(({ text }) => text);
}

/** Who paused it, since when and why; without an end. */
function pausedText(paused: NonNullable<RestoreState['paused']>): string {
  return `${clockTime(paused.at)} ${foreign(paused.person.name, 60)} paused it: ${quote(paused.reason, 200)}`;
}

function editText({ person, taskIds, jobs, reason, at }: Edit): string {
  return `${clockTime(at)} ${foreign(person.name, 60)} left ${count(taskIds.length, 'task')} out${ofJobsText(jobs)}: ${quote(reason, 200)}`;
}
