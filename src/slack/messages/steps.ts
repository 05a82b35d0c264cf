/** The plan as a list of marks, each also in words: what is done, what is going on, what is to come. */
import type { PlanItem } from '../../restore/procedures/plan.ts';
import { forwardPlanOf, planOf, type RestoreState } from '../../restore/record/state.ts';
import { foreign } from '../escape.ts';
import { count } from '../time.ts';
import { preflightWarnings } from './preflight.ts';

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
  const shown = done.slice(-doneShown).map((item) => `●${stay}${titleOf(item, state)}`);
  return `${done.length > doneShown ? '… ' : ''}${shown.join(' · ')}`;
}

/** Steps in between are in the full plan; what people decide is always shown. */
function leftText(left: readonly PlanItem[]): string {
  const words: string[] = [];
  left.forEach((item, index) => {
    const shown = index < leftShown || index === left.length - 1 || item.kind !== 'step';
    if (shown) words.push(item.kind === 'step' ? `○${stay}${item.title}` : `○${stay}*${item.title}*`);
    else if (words.at(-1) !== '…') words.push('…');
  });
  return words.join(' ');
}

function currentLine(item: PlanItem, state: RestoreState): string {
  if (state.paused !== null) return `Paused: ◐${stay}*${titleOf(item, state)}*`;
  if (state.stuck !== null) return `Stuck: ✗${stay}*${titleOf(item, state)}*`;
  if (item.kind !== 'step') return `Waiting for people: ◐${stay}*${item.title}*`;
  return state.current === item.name
    ? `Now: ◐${stay}*${titleOf(item, state)}*${hostsReached(item, state)}`
    : `Next: ○${stay}*${item.title}*`;
}

/** During and after an undo: how far the way forward had come. The report belongs to the undo then. */
function forwardLine(state: RestoreState): string {
  const started = forwardPlanOf(state).filter(
    (item) => item.kind === 'step' && item.name !== 'report' && state.runs[item.name] !== undefined,
  );
  const reached = `The restore had come to "${started.at(-1)?.title ?? 'the start'}" (${count(started.length, 'step')})`;
  return state.ended === null ? `${reached}; it is being put back.` : `${reached}.`;
}

function titleOf(item: PlanItem, state: RestoreState): string {
  if (item.kind !== 'step') return item.title;
  const note = noteOf(item.name, state);
  return note === '' ? item.title : `${item.title} (${note})`;
}

/** The one thing a reader would ask about a step that is done. */
function noteOf(name: (PlanItem & { kind: 'step' })['name'], state: RestoreState): string {
  const { facts } = state;
  switch (name) {
    case 'check-hosts':
      return facts[name] === undefined ? '' : checkedText(facts[name].hosts.length, state);
    case 'stop-schedulers':
    case 'stop-recovery-schedulers':
    case 'undo-stop-schedulers': {
      const killed = facts[name]?.killed ?? [];
      return killed.length === 0 ? '' : `${foreign(killed.join(', '))} needed a kill`;
    }
    case 'block-traffic': {
      const open = facts[name]?.notManaged ?? [];
      return open.length === 0 ? '' : `not managed on ${foreign(open.join(', '))}`;
    }
    case 'set-aside-log':
      return facts[name] === undefined ? '' : 'nothing deleted';
    case 'run-recovery-tool':
      return facts[name] === undefined ? '' : count(facts[name].copiedOps, 'operation');
    case 'find-elected':
    case 'confirm-leader':
      return facts[name] === undefined ? '' : foreign(facts[name].host, 80);
    default:
      return '';
  }
}

function checkedText(hosts: number, state: RestoreState): string {
  const warnings = preflightWarnings(state);
  return `${hosts} of ${state.proposal.hosts.length}${warnings === 0 ? '' : `, ${count(warnings, 'warning')}`}`;
}

function hostsReached(item: PlanItem & { kind: 'step' }, state: RestoreState): string {
  if (item.scope !== 'all') return '';
  const asked = [...state.operations.values()].filter((operation) => operation.step === item.name);
  if (asked.length === 0) return '';
  const open = new Set(asked.filter((operation) => operation.result === null).map(({ host }) => host));
  const reached = new Set(asked.map(({ host }) => host).filter((host) => !open.has(host)));
  return ` ${reached.size} of ${state.proposal.hosts.length} hosts`;
}
