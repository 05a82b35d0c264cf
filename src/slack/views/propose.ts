/** The form that starts a restore. Its button says "Show me the plan": nothing is touched by it. */
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { type BackupReport, isCuredByLeavingOut, isRestorable } from '../../aurora/backups.ts';
import type { Cluster } from '../../aurora/cluster.ts';
import type { Diagnosis } from '../../aurora/diagnosis.ts';
import { printable } from '../../aurora/printable.ts';
import type { Inventory, InventoryItem } from '../../backups/inventory.ts';
import { actionIds, viewIds } from '../action-ids.ts';
import { context, section } from '../blocks.ts';
import type { FormCheck, Submission } from '../conversation.ts';
import { code, mentionChannel, plain } from '../escape.ts';
import { mentionConfigured } from '../messages/approvers.ts';
import { askedText, missingText } from '../messages/asked-hosts.ts';
import { ageText } from '../messages/backup-age.ts';
import { type Busy, busyText } from '../messages/busy.ts';
import { nowText } from '../messages/diagnosis.ts';
import { count } from '../time.ts';
import { form, notice, typed } from './modal.ts';
import { type ProcedureChoice, procedureBlocks } from './procedure-choice.ts';

export const proposeFields = {
  cluster: 'cluster',
  backup: 'backup',
  reason: 'reason',
  incident: 'incident',
  leaveOut: 'leave-out-unlivable',
} as const;

/** In front of the hash of a backup that can be restored only without the tasks that kill. */
const withoutThem = 'without:';

const choicesMax = 100;

/** The recommended backup is preselected. */
export function proposeForm(view: {
  cluster: string;
  /** How the cluster is now; absent when that could not be told in time. */
  diagnosis?: Diagnosis | null;
  /** Where the release leaves a choice. */
  procedure?: ProcedureChoice;
  clusters: readonly string[];
  inventory: Inventory;
  /** The restore that has to end before another one can be proposed. */
  busy?: Busy | null;
  /** Where the plan appears, and whom it asks. */
  asks: Pick<Cluster, 'channel' | 'policy'> & { readonly userId: string };
  metadata: string;
  now: number;
}): ModalView {
  const { cluster, clusters, diagnosis = null, inventory, now } = view;
  const state = [
    ...(view.busy == null ? [] : [section(`*${busyText(view.busy)}*`)]),
    ...(diagnosis === null ? [] : [section(nowText(cluster, diagnosis))]),
  ];
  const usable = inventory.items
    .filter(({ report }) => isRestorable(report) || isCurable(report))
    .slice(0, choicesMax);
  if (usable.length === 0) {
    return notice('Restore', [
      ...state,
      section(`*No backup of ${code(cluster)} can be restored.*`),
      section(
        `${askedText(inventory)} \`/aurora backups ${plain(cluster, 60)} all\` says what is wrong with each.`,
      ),
      ...missingBlock(inventory),
    ]);
  }
  const options = usable.map((item) => optionOf(item, now));
  const initial = options.find((option) => option.value === inventory.recommended);
  return form({
    id: viewIds.proposeRestore,
    title: 'Restore',
    submit: 'Show me the plan',
    metadata: view.metadata,
    blocks: [
      ...state,
      clusterBlock(cluster, clusters),
      {
        type: 'input',
        block_id: backupField(cluster),
        label: { type: 'plain_text', text: 'Backup' },
        element: {
          type: 'static_select',
          action_id: proposeFields.backup,
          options,
          ...(initial === undefined ? {} : { initial_option: initial }),
        },
      },
      ...(usable.some(({ report }) => isCurable(report)) ? [leaveOutBlock(cluster)] : []),
      ...missingBlock(inventory),
      ...(view.procedure === undefined ? [] : procedureBlocks(view.procedure)),
      typed({
        name: proposeFields.reason,
        label: 'Reason',
        placeholder: 'replicated log corrupt on all hosts',
      }),
      typed({
        name: proposeFields.incident,
        label: 'Incident',
        placeholder: 'A link or a ticket, such as INC-4411',
        optional: true,
        max: 500,
      }),
      context(
        `This touches nothing. The plan appears in ${mentionChannel(view.asks.channel)}; once its checks have passed, it notifies ${mentionConfigured(view.asks)}.`,
      ),
    ],
  });
}

/** What was sent off: the backup, and whether the requester knows that tasks of it have to be left out. */
export function readBackup(
  { values, chosen }: Pick<Submission, 'values' | 'chosen'>,
  cluster: string,
): { sha256: string; leaveOut: boolean } {
  const value = values[backupField(cluster)] ?? '';
  return { sha256: value.replace(withoutThem, ''), leaveOut: isTicked(chosen, cluster) };
}

/** A backup that kills is proposed by nobody who has not said what has to happen with it, and nothing without a reason. */
export const checkPropose: FormCheck = ({ values, chosen }) => {
  const cluster = values[proposeFields.cluster] ?? '';
  const kills = (values[backupField(cluster)] ?? '').startsWith(withoutThem);
  const faults = {
    ...(kills &&
      !isTicked(chosen, cluster) && {
        [leaveOutField(cluster)]:
          'No scheduler survives that backup. Choose another one, or tick the box to leave out the tasks that kill it.',
      }),
    ...(printable(values[proposeFields.reason] ?? '') === '' && {
      [proposeFields.reason]: 'Say why, in one sentence: it goes into the record.',
    }),
  };
  return Object.keys(faults).length === 0 ? null : faults;
};

function isTicked(chosen: Submission['chosen'], cluster: string): boolean {
  return (chosen[leaveOutField(cluster)] ?? []).length > 0;
}

// Another cluster has other backups: a new id makes Slack forget what was chosen before.
export function backupField(cluster: string): string {
  return `${proposeFields.backup}-${plain(cluster, 100)}`;
}

function leaveOutField(cluster: string): string {
  return `${proposeFields.leaveOut}-${plain(cluster, 100)}`;
}

/** Only tasks kill it, and those can be left out. */
function isCurable({ verdict, unlivable }: BackupReport): boolean {
  return verdict === 'unlivable' && unlivable !== undefined && isCuredByLeavingOut(unlivable);
}

function leaveOutBlock(cluster: string): KnownBlock {
  return {
    type: 'input',
    block_id: leaveOutField(cluster),
    optional: true,
    label: { type: 'plain_text', text: 'Only for a backup that is marked unlivable' },
    element: {
      type: 'checkboxes',
      action_id: proposeFields.leaveOut,
      options: [
        {
          text: { type: 'plain_text', text: 'I will leave out the tasks that no scheduler survives' },
          description: {
            type: 'plain_text',
            text: 'Staged procedure only. Nobody can sign until they are left out.',
          },
          value: 'leave-out',
        },
      ],
    },
  };
}

/** Said where one chooses: the newest backup may be one that could not be offered. */
function missingBlock(inventory: Inventory): KnownBlock[] {
  const missing = missingText(inventory);
  return missing === '' ? [] : [context(missing)];
}

function clusterBlock(cluster: string, clusters: readonly string[]): KnownBlock {
  const option = (name: string): PlainTextOption => ({
    text: { type: 'plain_text', text: plain(name, 75) },
    value: name.slice(0, 75),
  });
  return {
    type: 'input',
    block_id: proposeFields.cluster,
    dispatch_action: true,
    label: { type: 'plain_text', text: 'Cluster' },
    element: {
      type: 'static_select',
      action_id: actionIds.chooseCluster,
      options: clusters.slice(0, choicesMax).map(option),
      initial_option: option(cluster),
    },
  };
}

function optionOf(item: InventoryItem, now: number): PlainTextOption {
  const age = ageText(item.contentAtMs, now);
  const { report } = item;
  const where = item.copies.map((copy) => copy.host).join(', ');
  const text = `${age} · ${count(report.tasks.total, 'task')} / ${count(report.jobs, 'job')} · ${where}`;
  return {
    text: { type: 'plain_text', text: plain(text, 75) },
    value: `${isCurable(report) ? withoutThem : ''}${item.sha256}`,
    ...(report.verdict === 'ok'
      ? {}
      : { description: { type: 'plain_text' as const, text: plain(whyNot(report), 75) } }),
  };
}

function whyNot({ verdict, reasons, unlivable }: BackupReport): string {
  return unlivable === undefined
    ? `${verdict}: ${reasons[0] ?? ''}`
    : `${verdict}: ${count(unlivable.elements, 'task')} must be left out`;
}
