/** The dry run: the same list that is signed, executed and recorded, with what each step does. */
import type { KnownBlock, ModalView } from '@slack/types';
import type { PlanItem, Scope } from '../../restore/procedures/plan.ts';
import { forwardPlanOf, type RestoreState } from '../../restore/record/state.ts';
import { context, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { preflightCounts, preflightDetails } from '../messages/preflight.ts';
import { procedureText } from '../messages/procedure.ts';
import { timersText } from '../messages/reconciling.ts';
import { rewindRows } from '../messages/rewind-lines.ts';
import { notice } from './modal.ts';

export function fullPlanView(state: RestoreState): ModalView {
  const lines = forwardPlanOf(state).map((item, index) => `${index + 1}. ${lineOf(item, state)}`);
  return notice('Full plan', [
    section(
      `*Everything a restore of ${code(state.proposal.cluster)} does, in order: the ${procedureText(state)}.* Steps marked "touches" change a host; nothing before the first gate does.`,
    ),
    ...inSections(lines),
    ...turnsOf(state),
    ...checksOf(state),
    context('Nothing is ever deleted. Until the commit all of it is put back by stopping.'),
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
  return rows.length === 0 ? [] : inSections(['*So far it took these turns:*', ...rows]);
}

/** What the first step has found; nothing before it has run. */
function checksOf(state: RestoreState): KnownBlock[] {
  return preflightCounts(state).flatMap((counts) => [
    section(`*The hosts were checked: ${counts}.*`),
    ...inSections(preflightDetails(state)),
  ]);
}

function lineOf(item: PlanItem, state: RestoreState): string {
  if (item.kind !== 'step') return `*${item.title}* — ${whatPeopleDo[item.name]}`;
  const touches = item.touches && item.name !== 'report' ? ' · touches' : '';
  return `*${item.title}* (${scopeWords[item.scope]}${touches}) — ${whatItDoes(item.name, state)}`;
}

function whatItDoes(name: string, state: RestoreState): string {
  const timers = name === 'release-reconciliation' ? timersText(state) : '';
  return timers === '' ? (whatStepsDo[name] ?? name) : `${timers} From here on it cannot be undone.`;
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

const whatStepsDo: Record<string, string> = {
  'check-hosts': 'every agent answers; same version, flags and quorum; room on the disks.',
  'choose-backup': 'decoded to its last byte, and still the file that was chosen.',
  'capture-live-tasks': 'the Mesos master says which tasks really run.',
  'check-set-aside': 'what the earlier restore set aside is on every host, as it was left.',
  preview: 'what would be killed, started again and kept.',
  'hold-backup': 'a copy that rotation cannot remove.',
  'stop-schedulers': 'unit stopped, process gone, ports and lock free, log group in ZooKeeper empty.',
  'block-traffic': 'only the agents reach the schedulers from here on.',
  'set-recovery-flags': 'nothing registers with Mesos, nothing reconciles.',
  'set-aside-log': 'the old log is renamed, never deleted.',
  'initialize-log': 'a blank log on every host, proven before any scheduler starts.',
  'initialize-quorum':
    'a blank log on just enough hosts for a quorum, each proven; the others start empty and copy it, so that blank ones never decide alone.',
  'place-backup-on-one': 'the held copy where the tool reads it, hash verified.',
  'summarise-backup': 'decoded once more; what is signed is this content.',
  'run-recovery-tool': 'compared once more; with every scheduler stopped the tool fills one blank log.',
  'start-quorum': 'the refilled host is seen in the log group before any blank one starts.',
  'start-remaining': 'they copy the log before they vote.',
  'bring-back-log': 'copies; what was set aside stays where it is.',
  'read-old-state': 'in isolation: what is signed is what the old log really holds.',
  'place-backup': 'the held copy, under its own name, hash verified.',
  'start-schedulers': 'in recovery mode.',
  'find-elected': 'one elected scheduler, its storage ready and empty.',
  'stage-backup': 'the scheduler loads the backup beside its storage.',
  'summarise-staged': 'what is staged is read back and compared with the file, task by task.',
  commit: 'compared once more, then sent once.',
  'verify-restored': 'the restored tasks equal the signed ones.',
  'stop-recovery-schedulers': 'as above.',
  'restore-flags': 'the original flag files, byte for byte.',
  'start-restored-schedulers': 'a normal start, with reconciliation held back.',
  'confirm-leader': 'one leader, registered, same framework.',
  'second-look': 'what moved already, beside the prediction.',
  'unblock-traffic': 'clients reach the schedulers again.',
  'release-reconciliation': 'explicit, then implicit. From here on it cannot be undone.',
  soak: 'killed and started again, compared with the prediction.',
  report: 'times, decisions, what lies aside and where.',
};
