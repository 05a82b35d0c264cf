/** The dry run: the same list that is signed, executed and recorded, with what each step does. */
import type { KnownBlock, ModalView } from '@slack/types';
import type { PlanItem } from '../../restore/procedures/plan.ts';
import { forwardPlanOf, type RestoreState } from '../../restore/record/state.ts';
import type { Scope } from '../../restore/step.ts';
import { steps } from '../../restore/steps/index.ts';
import { context, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { preflightCounts, preflightDetails } from '../messages/preflight.ts';
import { procedureText } from '../messages/procedure.ts';
import { timersText } from '../messages/reconciling.ts';
import { rewindRows } from '../messages/rewind-lines.ts';
import { markedItem } from '../messages/steps.ts';
import { notice } from './modal.ts';

export function fullPlanView(state: RestoreState): ModalView {
  const lines = forwardPlanOf(state).map((item, index) => `${index + 1}. ${lineOf(item, index, state)}`);
  return notice('Full plan', [
    section(
      `*Everything a restore of ${code(state.proposal.cluster)} does, in order: the ${procedureText(state)}.* Steps marked "touches" change a host; nothing before the first gate does. ● done · ◐ now · ○ to come.`,
    ),
    ...inSections(lines),
    ...turnsOf(state),
    ...checksOf(state),
    context('Nothing is ever deleted. Until the commit, stopping puts all of it back.'),
  ]);
}

/** As many lines a section as Slack shows of one. */
function inSections(lines: readonly string[]): KnownBlock[] {
  const paragraphs: string[] = [];
  for (const line of lines) {
    const last = paragraphs.at(-1);
    if (last === undefined || last.length + line.length >= sectionChars) paragraphs.push(line);
    else paragraphs[paragraphs.length - 1] = `${last}\n${line}`;
  }
  return paragraphs.map(section);
}

/** Below the 3000 of Slack, and short enough that a reader finds the place again. */
const sectionChars = 1_500;

/** Where this restore left the straight line; nothing for one that has not. */
function turnsOf(state: RestoreState): KnownBlock[] {
  const rows = rewindRows(state).map((row) => `• ${row}`);
  return rows.length === 0 ? [] : inSections(['*So far:*', ...rows]);
}

/** What the first step has found; nothing before it has run. */
function checksOf(state: RestoreState): KnownBlock[] {
  return preflightCounts(state).flatMap((counts) => [
    section(`*The hosts were checked: ${counts}.*`),
    ...inSections(preflightDetails(state)),
  ]);
}

function lineOf(item: PlanItem, index: number, state: RestoreState): string {
  const marked = `*${markedItem(item, index, state)}*`;
  if (item.kind !== 'step') return `${marked} — ${whatPeopleDo[item.name]}`;
  const { scope, touches, does } = steps[item.name];
  const timers = item.name === 'release-reconciliation' ? timersText(state) : '';
  const what = timers === '' ? does : `${timers} From here on it cannot be undone.`;
  return `${marked} (${scopeWords[scope]}${touches ? ' · touches' : ''}) — ${what}`;
}

const scopeWords: Record<Scope, string> = {
  all: 'all hosts',
  source: 'the host with the backup',
  elected: 'the elected scheduler',
  cluster: 'the cluster',
  none: 'no host',
};

const whatPeopleDo: Record<string, string> = {
  stop: 'somebody other than the requester approves.',
  commit: 'different people sign the same digest; then one of them commits and types the name.',
  'go-back': 'different people sign.',
  look: 'people look at their jobs; one of the signers lets it reconcile, or they go back.',
};
