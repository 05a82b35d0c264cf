/** Copies of backups that people had kept, in a line each. */
import type { HeldCopy } from '../../aurora/errands.ts';
import type { InventoryItem } from '../../backups/inventory.ts';
import { code, foreign, quote } from '../escape.ts';
import { dayAndTime } from '../time.ts';

const shownMax = 5;

/** `held by @ana until released: backup of …`; no line where nothing is held. */
export function heldLines(
  held: readonly HeldCopy[],
  items: readonly Pick<InventoryItem, 'sha256' | 'contentAtMs'>[],
): string[] {
  const times = new Map(items.map(({ sha256, contentAtMs }) => [sha256, contentAtMs]));
  const rows = held.slice(0, shownMax).map((copy) => {
    const atMs = times.get(copy.sha256) ?? null;
    const of = atMs === null ? code(copy.name, 60) : `backup of ${dayAndTime(atMs)}`;
    return `${heldBy(copy)}: ${of}, ${quote(copy.why, 120)}`;
  });
  const more = held.length - rows.length;
  return more > 0 ? [...rows, `…and ${more} more: \`/aurora backups release\` names them`] : rows;
}

/** Who has it kept; a name is shown as it was told to the agent. */
export function heldBy({ by }: Pick<HeldCopy, 'by'>): string {
  return `held by ${foreign(by, 80)} until released`;
}
