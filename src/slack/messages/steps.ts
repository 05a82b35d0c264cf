/** The plan as a list of marks, each also in words: what is done, what is going on, what is to come. */
import type { PlanItem } from '../../restore/procedures/plan.ts';
import { forwardPlanOf, planOf, type RestoreState } from '../../restore/record/state.ts';
import { noteOf, steps, titleOf } from '../../restore/steps/index.ts';
import { foreign } from '../escape.ts';
import { count } from '../time.ts';

/** Paragraphs of the card: the last steps, the one of now, the next ones and every gate that is still to come. */
export function stepLines(state: RestoreState): string[] {
  const plan = planOf(state);
  const done = plan.slice(0, state.done.length);
  const current = state.ended === null ? plan[state.done.length] : undefined;
  const left = plan.slice(state.done.length + (current === undefined ? 0 : 1));
  return [
    ...(state.phase === 'undo' ? [forwardLine(state)] : []),
    ...(done.length === 0 ? [] : [`Done (${done.length} of ${plan.length}): ${doneText(done, state)}`]),
    ...(current === undefined ? [] : [currentLine(current, state)]),
    ...(left.length === 0 ? [] : [`${state.ended === null ? 'To come' : 'Not done'}: ${leftText(left)}`]),
  ];
}

/** A mark never stands at the end of a line, away from its step. */
const stay = '\u00a0';
const doneShown = 6;
const leftShown = 3;

function doneText(done: readonly PlanItem[], state: RestoreState): string {
  const shown = done.slice(-doneShown).map((item) => `●${stay}${noted(item, state)}`);
  return `${done.length > doneShown ? '… ' : ''}${shown.join(' · ')}`;
}

/** Steps in between are in the full plan; what people decide is always shown. */
function leftText(left: readonly PlanItem[]): string {
  const words: string[] = [];
  left.forEach((item, index) => {
    const shown = index < leftShown || index === left.length - 1 || item.kind !== 'step';
    if (shown) words.push(item.kind === 'step' ? `○${stay}${titleOf(item)}` : `○${stay}*${titleOf(item)}*`);
    else if (words.at(-1) !== '…') words.push('…');
  });
  return words.join(' ');
}

function currentLine(item: PlanItem, state: RestoreState): string {
  if (state.paused !== null) return `Paused: ◐${stay}*${noted(item, state)}*`;
  if (state.stuck !== null) return `Stuck: ✗${stay}*${noted(item, state)}*`;
  if (item.kind !== 'step') return `Waiting for people: ◐${stay}*${titleOf(item)}*`;
  return state.current === item.name
    ? `Now: ◐${stay}*${noted(item, state)}*${hostsReached(item, state)}`
    : `Next: ○${stay}*${titleOf(item)}*`;
}

/** During and after an undo: how far the way forward had come. The report belongs to the undo then. */
function forwardLine(state: RestoreState): string {
  const started = forwardPlanOf(state).filter(
    (item) => item.kind === 'step' && item.name !== 'report' && state.runs[item.name] !== undefined,
  );
  const reachedStep = started.at(-1);
  const reached = `The restore had come to "${reachedStep === undefined ? 'the start' : titleOf(reachedStep)}" (${count(started.length, 'step')})`;
  return state.ended === null ? `${reached}; it is being put back.` : `${reached}.`;
}

/** With the one thing a reader would ask about a step that is done. */
function noted(item: PlanItem, state: RestoreState): string {
  const title = titleOf(item);
  if (item.kind !== 'step') return title;
  const note = noteOf(item.name, state);
  return note === '' ? title : `${title} (${foreign(note, noteChars)})`;
}

const noteChars = 300;

function hostsReached(item: PlanItem & { kind: 'step' }, state: RestoreState): string {
  if (steps[item.name].scope !== 'all') return '';
  const asked = [...state.operations.values()].filter((operation) => operation.step === item.name);
  if (asked.length === 0) return '';
  const open = new Set(asked.filter((operation) => operation.result === null).map(({ host }) => host));
  const reached = new Set(asked.map(({ host }) => host).filter((host) => !open.has(host)));
  return ` ${reached.size} of ${state.proposal.hosts.length} hosts`;
}
