/** `/aurora history`: what was restored before, newest first. */
import type { EndedRestore } from '../../restore/record/ended.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { code } from '../escape.ts';
import { count, dayAndTime, durationText } from '../time.ts';
import { outcomeWords, restoreName } from './status.ts';

/** Restores that are shown. */
export const historyMax = 15;

/** `ended`: newest first; one more than are shown says that there are more. `links` are the threads by restore. */
export function renderHistory(view: {
  ended: readonly EndedRestore[];
  unreadable: number;
  links: ReadonlyMap<string, string>;
  cluster: string | null;
}): Message {
  const { ended, unreadable, links, cluster } = view;
  const of = cluster === null ? '' : ` of ${code(cluster)}`;
  if (ended.length === 0 && unreadable === 0)
    return message([
      section(`*No restore${of} has ended yet.* \`/aurora status\` shows what is in progress.`),
    ]);
  const rows = ended.slice(0, historyMax).map((each) => rowOf(each, links));
  const more =
    ended.length > historyMax ? ['Older ones: `aurora-chatops record show` on the bot’s machine.'] : [];
  const unread =
    unreadable === 0 ? [] : [`${count(unreadable, 'restore')} cannot be read: \`/aurora status\` says why.`];
  return message([
    section([`*Restores${of}, newest first*`, ...rows].join('\n')),
    ...(more.length + unread.length === 0 ? [] : [context([...more, ...unread].join('\n'))]),
    context('The thread of each has its report as a page and as Markdown.'),
  ]);
}

function rowOf(
  { restoreId, cluster, outcome, proposedAt, endedAt }: EndedRestore,
  links: ReadonlyMap<string, string>,
) {
  return `${restoreName(restoreId, links)} of ${code(cluster)}, ${dayAndTime(proposedAt)}: ${outcomeWords[outcome]}, took ${durationText(endedAt - proposedAt)}`;
}
