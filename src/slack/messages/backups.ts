/** `/aurora backups`: every backup, the best one first, and what each is worth. */
import { type BackupReport, isCuredByLeavingOut, isRestorable } from '../../aurora/backups.ts';
import type { HeldCopy } from '../../aurora/errands.ts';
import type { Inventory, InventoryItem } from '../../backups/inventory.ts';
import { actionIds } from '../action-ids.ts';
import { actions, button, context, type Message, message, section } from '../blocks.ts';
import { code, foreign, sentence } from '../escape.ts';
import { clockTime, count, dayAndTime } from '../time.ts';
import { askedText, isPartial, missingText } from './asked-hosts.ts';
import { ageText, doubtText } from './backup-age.ts';
import { proofText } from './backup-proof.ts';
import { heldLines } from './held-copies.ts';

const shownByDefault = 8;
const shownMax = 30;
/** Slack takes about 13,000 characters of all blocks together. */
const rowsCharsMax = 9_000;

/** What restoring one would do to the tasks of now, by sha256; absent where it was not worked out. */
export type Losses = ReadonlyMap<string, { killed: number; rescheduled: number }>;

interface RowView {
  readonly inventory: Inventory;
  readonly losses: Losses;
  /** Every backup there is room for, and their file names. */
  readonly all: boolean;
  readonly now: number;
}

/** The backups of one page, those that are looked at in detail. */
export function shownItems(inventory: Inventory, all: boolean): readonly InventoryItem[] {
  return inventory.items.slice(0, all ? shownMax : shownByDefault);
}

/** The best one first. */
export function renderBackups(
  view: RowView & {
    cluster: string;
    /** Why losses are not known of all that are shown; `null` when they are. */
    lossesUnknown: string | null;
    /** Copies that people had kept, whatever became of the file. */
    held: readonly HeldCopy[];
    /** Where the rest of this answer will be seen; absent for one that is all. */
    rest?: 'here' | 'below';
  },
): Message {
  const { cluster, inventory, all } = view;
  const rows = fitting(shownItems(inventory, all).map((item) => rowOf(item, view)));
  const missing = missingText(inventory);
  const left = inventory.items.length - rows.length;
  return message([
    section(headLine(view)),
    ...(missing === '' ? [] : [section(missing)]),
    ...rows.map(section),
    ...(left > 0 ? [context(`…and ${left} older ones`)] : []),
    ...(view.held.length === 0 ? [] : [section(heldLines(view.held, inventory.items).join('\n'))]),
    ...(view.lossesUnknown === null
      ? []
      : [
          context(
            `What ${view.losses.size === 0 ? 'each' : 'the others'} would lose is not known now: ${sentence(view.lossesUnknown, 300)}`,
          ),
        ]),
    ...(view.rest === undefined ? [] : [context(restTexts[view.rest])]),
    ...actions([
      ...(!inventory.items.some(({ report }) => report.verdict === 'ok')
        ? []
        : [
            button({
              actionId: actionIds.startRestore,
              label: 'Start a restore…',
              value: cluster,
              style: 'primary',
            }),
          ]),
      ...(left > 0 && !all
        ? [button({ actionId: actionIds.showAllBackups, label: 'Show all', value: cluster })]
        : []),
      ...(isPartial(inventory)
        ? [
            button({
              actionId: all ? actionIds.showAllBackups : actionIds.lookAtBackupsAgain,
              label: 'Look again',
              value: cluster,
            }),
          ]
        : []),
    ]),
  ]);
}

const restTexts = {
  here: 'More is coming: this answer updates itself.',
  below: 'More is coming in another answer.',
} as const;

/** The first rows that fit into one message. */
function fitting(rows: readonly string[]): string[] {
  let chars = 0;
  return rows.filter((row) => {
    chars += row.length;
    return chars <= rowsCharsMax;
  });
}

function headLine({
  cluster,
  inventory,
  now,
}: {
  cluster: string;
  inventory: Inventory;
  now: number;
}): string {
  const whole = inventory.items.filter(({ report }) => isRestorable(report)).length;
  const best = inventory.items.find((item) => item.sha256 === inventory.recommended);
  const asked = askedText(inventory);
  const seen = isPartial(inventory) ? ' that was seen' : '';
  if (inventory.items.length === 0) {
    if (seen !== '') return `*No backup of ${code(cluster)} was seen yet.* ${asked}`;
    return `*No backup of ${code(cluster)} was found.* ${asked} Look at \`-backup_dir\` of the schedulers and of the agents.`;
  }
  const sound = inventory.items.filter(({ report }) => report.verdict === 'ok');
  const answered = sound.filter(({ copies: [first] }) => first.asOfMs === undefined);
  const [known] = sound;
  if (known !== undefined && answered.length === 0) {
    const yet = seen === '' ? '' : ' yet';
    return `*No host with a sound backup of ${code(cluster)} has answered${yet}.* ${asked} The newest that is known is ${ageText(known.contentAtMs, now)}.`;
  }
  if (best === undefined && answered.length > 0) {
    return `*No sound backup of ${code(cluster)}${seen} has a plausible timestamp.* ${asked} Check the clocks first.`;
  }
  if (best === undefined) {
    return `*None of the ${count(inventory.items.length, 'backup')} of ${code(cluster)}${seen} is sound.* ${asked} Read the reasons below first.`;
  }
  return `*${count(whole, 'whole backup')} of ${code(cluster)}; the best${seen} is ${ageText(best.contentAtMs, now)}.* ${asked}`;
}

/** What it is, then why its age is not known, and what restoring it would do or why it cannot be used. */
function rowOf(item: InventoryItem, view: RowView): string {
  const { report, contentAtMs, copies } = item;
  const age = ageText(contentAtMs, view.now);
  const when =
    contentAtMs === null
      ? ''
      : ` (${Math.abs(view.now - contentAtMs) < 86_400_000 ? clockTime(contentAtMs) : dayAndTime(contentAtMs)})`;
  // What could be read of a broken file is no measure of anything; its name is what somebody will look for.
  const broken = report.verdict === 'broken';
  const unusable = !isRestorable(report);
  const size = broken ? [] : [`${count(report.tasks.total, 'task')}, ${count(report.jobs, 'job')}`];
  const name = unusable || view.all ? [code(copies[0].name, 60)] : [];
  const advice = item.sha256 === view.inventory.recommended ? ['*recommended*'] : [];
  const first = [`*${age}*${when}`, whereText(copies), ...size, ...advice, ...name].join(' · ');
  const more = [
    doubtText(contentAtMs, view.now),
    worthOf(item, view.losses),
    proofText(item.proven, view.now),
  ];
  return [first, ...more.filter((line) => line !== '')].join('\n');
}

/** Hosts that have it, then those that had it when they last answered. */
function whereText(copies: InventoryItem['copies']): string {
  const now = copies.filter(({ asOfMs }) => asOfMs === undefined).map(({ host }) => host);
  const before = new Map(
    copies.flatMap(({ host, asOfMs }) => (asOfMs === undefined ? [] : [[host, asOfMs]])),
  );
  return [
    ...(now.length === 0 ? [] : [foreign([...new Set(now)].join(', '), 150)]),
    ...[...before].slice(0, 3).map(([host, atMs]) => `${foreign(host, 80)} (as of ${dayAndTime(atMs)})`),
  ].join(', ');
}

function worthOf({ report, sha256 }: InventoryItem, losses: Losses): string {
  if (report.verdict !== 'ok') {
    return `*${report.verdict}*, ${worthWords(report)}: ${sentence(report.reasons.join('; '), 250)}`;
  }
  const loss = losses.get(sha256);
  return loss === undefined
    ? ''
    : `if restored now: ${loss.killed} killed, ${loss.rescheduled} started again`;
}

function worthWords({ verdict, unlivable }: BackupReport): string {
  if (verdict === 'suspicious') return 'read the reasons first';
  if (verdict === 'broken' || unlivable === undefined || !isCuredByLeavingOut(unlivable)) return 'not usable';
  return `only if ${count(unlivable.elements, 'task')} of it ${unlivable.elements === 1 ? 'is' : 'are'} left out`;
}
