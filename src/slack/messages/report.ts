/** The report: who decided what, how long each part took, what lies aside where. */
import { undoPlan } from '../../restore/procedures/parts.ts';
import type { PlanItem } from '../../restore/procedures/plan.ts';
import { forwardPlanOf, type RestoreState } from '../../restore/record/state.ts';
import { titleOf } from '../../restore/steps/index.ts';
import { actions, listRows, type Message, message, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { bytesText, durationText, shortDurationText } from '../time.ts';
import { leftWorkText, tickOffButtons } from './left-work.ts';

const decisionsMax = 25;

/**
 * Also for a restore that goes on: then it is the report so far. `decisions` are the lines of `decisionOf`, oldest first. Where it stays,
 * what is left to do can be ticked off below it; `latest` knows what is done by now.
 */
export function renderReport(
  { at: state, latest, stays = true }: { at: RestoreState; latest: RestoreState; stays?: boolean },
  decisions: readonly string[],
): Message {
  const { proposal, ended } = state;
  const left = leftWorkText(latest);
  const took = ended === null ? '' : ` · ${durationText(ended.at - state.proposedAt)} from proposal to end`;
  return message([
    section(
      `*Report of ${state.restoreId}: restore of ${code(proposal.cluster)}*, ${ended?.outcome ?? 'in progress'}${took}`,
    ),
    section(`*Decisions*\n${listRows(decisions, decisionsMax)}`),
    section(`*Times*\n${times(state)}`),
    ...setAside(state),
    ...unsigned(state),
    ...(left === '' ? [] : [section(left)]),
    ...(stays ? actions(tickOffButtons(latest)) : []),
  ]);
}

/** A line for each stretch between two decisions of people. */
function times(state: RestoreState): string {
  // The report is the last step of every procedure; it ran in the one that came to its end.
  const plan = forwardPlanOf(state);
  const forward = state.phase === 'undo' ? plan.filter(isNotReport) : plan;
  const stretches: string[][] = [[]];
  for (const item of forward) {
    if (item.kind === 'step') stretches.at(-1)?.push(...timeRow(item, state));
    else stretches.push([]);
  }
  if (state.phase === 'undo') stretches.push(undoPlan.flatMap((item) => timeRow(item, state)));
  const lines = stretches.filter((rows) => rows.length > 0).map((rows) => `• ${rows.join(' · ')}`);
  return lines.length === 0 ? 'Nothing has run yet.' : lines.join('\n');
}

function isNotReport(item: PlanItem): boolean {
  return item.name !== 'report';
}

function timeRow(item: PlanItem, state: RestoreState): string[] {
  if (item.kind !== 'step') return [];
  const run = state.runs[item.name];
  if (run === undefined) return [];
  const tries = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
  return run.endedAt === null
    ? [`${titleOf(item)} not finished${tries}`]
    : [`${titleOf(item)} ${shortDurationText(run.endedAt - run.startedAt)}${tries}`];
}

function setAside(state: RestoreState) {
  const known = state.facts.report?.setAside ?? state.facts['set-aside-log']?.hosts ?? [];
  const hosts = state.phase === 'undo' ? [] : known;
  if (hosts.length === 0) return [];
  const rows = hosts.map(
    ({ host, path, bytes }) => `${foreign(host, 80)}: ${code(path, 200)} (${bytesText(bytes)})`,
  );
  return [section(`*Set aside, nothing deleted*\n${listRows(rows, 12)}`)];
}

/** What will be refused once these hosts require signatures. */
function unsigned({ facts }: RestoreState) {
  const told = facts.report?.unsigned ?? [];
  if (told.length === 0) return [];
  const rows = told.map(({ host, says }) => `${foreign(host, 80)}: ${foreign(says, 250)}`);
  return [section(`*Done without signatures that these hosts would require*\n${listRows(rows, 12)}`)];
}
