/** `/aurora backups`: every backup, the best one first, and what each is worth. */
import type { Inventory, InventoryItem } from '../../backups/inventory.ts';
import { actionIds } from '../action-ids.ts';
import { actions, button, context, type Message, message, section } from '../blocks.ts';
import { code, foreign, sentence } from '../escape.ts';
import { clockTime, count, dayAndTime, durationText } from '../time.ts';

const shownByDefault = 8;
const shownMax = 30;

/** What restoring one would do to the tasks of now, by sha256; absent where it was not worked out. */
export type Losses = ReadonlyMap<string, { killed: number; rescheduled: number }>;

export function renderBackups(view: {
  cluster: string;
  inventory: Inventory;
  losses: Losses;
  /** Why no losses are known; `null` when they are. */
  lossesUnknown: string | null;
  all: boolean;
  now: number;
}): Message {
  const { cluster, inventory, all } = view;
  const shown = inventory.items.slice(0, all ? shownMax : shownByDefault);
  const left = inventory.items.length - shown.length;
  return message([
    section(headLine(view)),
    ...rowBlocks(shown.map((item) => rowOf(item, view))),
    ...(left > 0 ? [context(`…and ${left} older ones`)] : []),
    ...(inventory.silent.length === 0
      ? []
      : [
          context(
            `Not asked with success: ${inventory.silent.map(({ host, why }) => `${foreign(host, 80)} (${sentence(why, 150)})`).join('; ')}`,
          ),
        ]),
    ...(view.lossesUnknown === null
      ? []
      : [context(`What each would lose is not known now: ${sentence(view.lossesUnknown, 200)}`)]),
    ...actions([
      ...(inventory.recommended === null
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
    ]),
  ]);
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
  const whole = inventory.items.filter((item) => item.report.verdict !== 'broken').length;
  const best = inventory.items.find((item) => item.sha256 === inventory.recommended);
  const asked = `${count(inventory.asked, 'host')} asked, ${inventory.answered} answered.`;
  if (inventory.items.length === 0) {
    return `*No backup of ${code(cluster)} was found.* ${asked} Look at \`-backup_dir\` of the schedulers and of the agents.`;
  }
  if (best?.contentAtMs == null) {
    return `*None of the ${count(inventory.items.length, 'backup')} of ${code(cluster)} is sound.* ${asked} Look at the reasons below before anything else.`;
  }
  return `*${count(whole, 'whole backup')} of ${code(cluster)}; the best is ${durationText(now - best.contentAtMs)} old.* ${asked}`;
}

function rowOf(item: InventoryItem, view: { inventory: Inventory; losses: Losses; now: number }): string {
  const { report, contentAtMs, copies } = item;
  const age = contentAtMs === null ? 'no time' : `${durationText(view.now - contentAtMs)} old`;
  const when =
    contentAtMs === null
      ? ''
      : ` (${view.now - contentAtMs < 86_400_000 ? clockTime(contentAtMs) : dayAndTime(contentAtMs)})`;
  const where = foreign([...new Set(copies.map((copy) => copy.host))].join(', '), 150);
  const size = `${report.tasks.total} / ${report.jobs} tasks / jobs`;
  const first = `*${age}*${when} · ${where} · ${size} · ${code(copies[0].name, 60)}`;
  if (report.verdict !== 'ok') {
    const worth = report.verdict === 'broken' ? 'not usable' : 'only with open eyes';
    return `${first}\n      *${report.verdict}*, ${worth}: ${sentence(report.reasons.join('; '), 250)}`;
  }
  const losses = view.losses.get(item.sha256);
  const cost =
    losses === undefined
      ? ''
      : `if restored now: ${losses.killed} killed, ${losses.rescheduled} started again`;
  const advice = item.sha256 === view.inventory.recommended ? '*recommended*' : '';
  const second = [cost, advice].filter((part) => part !== '').join(' · ');
  return second === '' ? first : `${first}\n      ${second}`;
}

/** Several rows a block, so that fifty blocks and three thousand characters are never reached. */
function rowBlocks(rows: readonly string[]) {
  const blocks: ReturnType<typeof section>[] = [];
  let lines: string[] = [];
  for (const row of rows) {
    if (lines.join('\n').length + row.length > 2_500) {
      blocks.push(section(lines.join('\n')));
      lines = [];
    }
    lines.push(row);
  }
  if (lines.length > 0) blocks.push(section(lines.join('\n')));
  return blocks;
}
