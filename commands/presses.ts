/** Buttons that only show something about a restore. */
import type { Press } from '../src/slack/conversation.ts';
import { decidedLine } from '../src/slack/messages/decided.ts';
import { renderReport } from '../src/slack/messages/report.ts';
import { fullPlanView } from '../src/slack/views/full-plan.ts';
import type { CommandDeps } from './deps.ts';
import { readSubject } from './form-subject.ts';
import { tellWho } from './who.ts';

export async function pressWho(deps: CommandDeps, press: Press): Promise<void> {
  const { state } = await readSubject(deps, press);
  await tellWho(deps, press, state);
}

export async function pressReport(deps: CommandDeps, press: Press): Promise<void> {
  const { state } = await readSubject(deps, press);
  const records = await deps.journal.read(state.restoreId);
  const decisions = records.map(decidedLine).filter((line) => line !== null);
  await press.tell(renderReport({ at: state, latest: state, stays: false }, decisions));
}

export async function pressFullPlan(deps: CommandDeps, press: Press): Promise<void> {
  const { state } = await readSubject(deps, press);
  await press.show(fullPlanView(state));
}
