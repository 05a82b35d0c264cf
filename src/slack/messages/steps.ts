/** How far a restore is: one line for the card, and the mark of every item for the full plan. */
import type { PlanItem } from '../../restore/procedures/plan.ts';
import { forwardPlanOf, planOf, type RestoreState } from '../../restore/record/state.ts';
import { noteOf, steps, titleOf } from '../../restore/steps/index.ts';
import { foreign } from '../escape.ts';
import { count } from '../time.ts';

/** `■■■□□□□□□□ 8 of 29 · now: Set recovery flags, 2 of 3 hosts · next: …`; during an undo, how far the way forward had come before it. */
export function stepLine(state: RestoreState): string {
  const plan = planOf(state);
  const done = state.done.length;
  const parts = [
    `${barOf(done, plan.length)} ${done} of ${count(plan.length, 'step')}`,
    ...(state.ended === null ? ahead(plan.slice(done), state) : []),
  ];
  return [...(state.phase === 'undo' ? [forwardText(state)] : []), parts.join(' · ')].join('\n');
}

/** `●` done, `◐` going on, `○` to come; with the one thing a reader would ask about it. */
export function markedItem(item: PlanItem, index: number, state: RestoreState): string {
  const done = state.phase === 'undo' ? reached(state) : state.done.length;
  if (index < done) return `●${stay}${noted(item, state)}`;
  const isNow = index === done && state.ended === null && state.phase === 'forward';
  return `${isNow ? '◐' : '○'}${stay}${titleOf(item)}`;
}

/** A mark never stands at the end of a line, away from its step. */
const stay = '\u00a0';
const barCells = 10;
const noteChars = 300;

/** Full only at the end. */
function barOf(done: number, all: number): string {
  const full = Math.floor((done / Math.max(1, all)) * barCells);
  return '■'.repeat(full) + '□'.repeat(barCells - full);
}

function ahead([item, next]: readonly PlanItem[], state: RestoreState): string[] {
  if (item === undefined) return [];
  const then = next === undefined ? [] : [`next: ${titleOf(next)}`];
  return [`${wordOf(state)} *${titleOf(item)}*${hostsReached(item, state)}`, ...then];
}

function wordOf(state: RestoreState): string {
  if (state.paused !== null) return 'paused at';
  if (state.stuck !== null) return 'stuck at';
  return 'now:';
}

/** The report belongs to the undo. */
function startedOf(state: RestoreState): readonly PlanItem[] {
  return forwardPlanOf(state).filter(
    (item) => item.kind === 'step' && item.name !== 'report' && state.runs[item.name] !== undefined,
  );
}

/** How many items of the way forward were begun. */
function reached(state: RestoreState): number {
  const last = startedOf(state).at(-1);
  return last === undefined ? 0 : forwardPlanOf(state).indexOf(last) + 1;
}

function forwardText(state: RestoreState): string {
  const started = startedOf(state);
  const last = started.at(-1);
  return `The restore had reached "${last === undefined ? 'the start' : titleOf(last)}" (${count(started.length, 'step')})${state.ended === null ? '; it is being put back.' : '.'}`;
}

function noted(item: PlanItem, state: RestoreState): string {
  const title = titleOf(item);
  if (item.kind !== 'step') return title;
  const note = noteOf(item.name, state);
  return note === '' ? title : `${title} (${foreign(note, noteChars)})`;
}

function hostsReached(item: PlanItem, state: RestoreState): string {
  if (item.kind !== 'step' || state.current !== item.name || steps[item.name].scope !== 'all') return '';
  const asked = [...state.operations.values()].filter((operation) => operation.step === item.name);
  if (asked.length === 0) return '';
  const open = new Set(asked.filter((operation) => operation.result === null).map(({ host }) => host));
  const reached = new Set(asked.map(({ host }) => host).filter((host) => !open.has(host)));
  return `, ${reached.size} of ${state.proposal.hosts.length} hosts`;
}
