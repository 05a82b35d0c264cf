/** Which hosts answered when their backups were asked for, and what it means that others did not. */
import type { Inventory } from '../../backups/inventory.ts';
import { foreign, sentence } from '../escape.ts';
import { count } from '../time.ts';

const namedMax = 8;

/** `3 hosts asked, 2 answered.` */
export function askedText({ asked, answered }: Inventory): string {
  return `${count(asked, 'host')} asked, ${answered} answered.`;
}

/** True when a newer backup may lie on a host that was not seen. */
export function isPartial({ silent, reading, unread }: Inventory): boolean {
  return silent.length + reading.length + unread.length > 0;
}

/** Why hosts are missing, and what to do; empty when all answered. */
export function missingText(inventory: Inventory): string {
  const { silent, reading, unread } = inventory;
  if (!isPartial(inventory)) return '';
  const reasons = silent.slice(0, namedMax).map(({ host, why }) => {
    // A reason says by itself which host it is about, or it is a bare error.
    return sentence(why.includes(host) ? why : `${host}: ${why}`, 150);
  });
  const others = silent.length > namedMax ? [`${silent.length - namedMax} more hosts did not answer.`] : [];
  const busy = reading.slice(0, namedMax).map((host) => foreign(host, 80));
  const still =
    busy.length === 0
      ? []
      : [
          `${busy.join(', ')} ${busy.length === 1 ? 'answers but is' : 'answer but are'} still reading backups. Large ones take a while the first time: ask again in a minute.`,
        ];
  const files = unread
    .slice(0, namedMax)
    .map(({ host, left, of }) => `${left} of ${of} on ${foreign(host, 80)}`);
  const unreadYet = files.length === 0 ? [] : [`Still reading ${files.join(', ')}.`];
  return [...reasons, ...others, ...still, ...unreadYet, 'A newer backup may be there.'].join(' ');
}
