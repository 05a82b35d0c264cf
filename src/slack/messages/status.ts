/** `/aurora status` and `/aurora help`. */

import type { JournalUnreadable } from '../../aurora/journal.ts';
import type { EndedRestore } from '../../restore/record/ended.ts';
import { nextItem, type RestoreState } from '../../restore/record/state.ts';
import type { Outcome } from '../../restore/record/words.ts';
import { titleOf } from '../../restore/steps/index.ts';
import { context, type Message, message, section } from '../blocks.ts';
import { code, mention, sentence } from '../escape.ts';
import { dayAndTime, durationText } from '../time.ts';
import { unreadableLines } from './card.ts';
import { shutOutText } from './shut-out.ts';
import { waitingFor } from './waiting.ts';

/** `links` are the addresses of the threads by restore. */
export function renderStatus(view: {
  restores: readonly RestoreState[];
  ended: readonly EndedRestore[];
  unreadable: readonly JournalUnreadable[];
  links: ReadonlyMap<string, string>;
  /** Slack's word for why nothing of a restore can be shown in its channel, by restore. */
  shutOut: ReadonlyMap<string, string>;
  cluster: string | null;
  now: number;
}): Message {
  const { restores: open, ended, unreadable, cluster } = view;
  const of = cluster === null ? '' : ` of ${code(cluster)}`;
  return message([
    section(
      open.length === 0
        ? `*No restore${of} is in progress.* \`/aurora restore\` starts one.`
        : `*In progress${of}:*`,
    ),
    ...unreadable.slice(0, 10).map((error) => section(unreadableLines(error).join('\n'))),
    ...open.slice(0, 10).map((state) => section(openLine(state, view))),
    ...(ended.length === 0
      ? []
      : [section(['*Ended:*', ...ended.slice(0, endedMax).map((each) => endedLine(each, view))].join('\n'))]),
  ]);
}

/** How restores end, as people read it. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  completed: 'restored',
  undone: 'put back as it was',
  declined: 'declined',
  expired: 'nobody decided in time',
  failed: '*ended without success*',
};

/** Ended restores that are shown. */
export const endedMax = 5;

function openLine(
  state: RestoreState,
  view: { links: ReadonlyMap<string, string>; shutOut: ReadonlyMap<string, string>; now: number },
): string {
  const item = nextItem(state);
  const { requester, cluster } = state.proposal;
  const why = view.shutOut.get(state.restoreId);
  const closed = why === undefined ? '' : `\n${shutOutText(state.proposal.channel, why)}`;
  const stands =
    state.stuck === null
      ? `${state.phase === 'undo' ? 'putting back: ' : ''}${item === null ? 'the end' : titleOf(item)}${waiting(state)}`
      : `✗ stuck at ${item === null ? 'a step' : titleOf(item)}: ${sentence(state.stuck.message, 250)}`;
  return `${restoreName(state.restoreId, view.links)} of ${code(cluster)}, by ${mention(requester.userId, requester.name)}, ${durationText(view.now - state.proposedAt)} ago\n${stands}${closed}`;
}

function waiting(state: RestoreState): string {
  switch (waitingFor(state)) {
    case 'stop':
      return ', waits for an approver';
    case 'sign-commit':
      return ', waits for sign-offs';
    case 'commit':
      return ', waits for a signer to commit';
    case 'look':
      return ', waits for a decision';
    case 'paused':
      return ', paused: waits for an approver to resume it';
    case 'go-back':
      return ', going back waits for sign-offs';
    default:
      return '';
  }
}

function endedLine(ended: EndedRestore, view: { links: ReadonlyMap<string, string> }): string {
  const { restoreId, cluster, outcome, endedAt } = ended;
  return `${restoreName(restoreId, view.links)} of ${code(cluster)}: ${outcomeWords[outcome]}, ${dayAndTime(endedAt)}`;
}

/** Its name, as a link to its thread where there is one. */
export function restoreName(restoreId: string, links: ReadonlyMap<string, string>): string {
  const link = links.get(restoreId);
  return link === undefined ? restoreId : `<${link}|${restoreId}>`;
}

/** `meant` is what an unknown word may have been: then that is the answer, and not all there is. */
export function renderHelp(unknown: { word: string; meant: string | null } | null): Message {
  const noSuch = unknown === null ? '' : `*There is no ${code(`/aurora ${unknown.word}`, 60)}.*`;
  if (unknown !== null && unknown.meant !== null)
    return message([section(`${noSuch} Did you mean \`/aurora ${unknown.meant}\`?`)]);
  const first = unknown === null ? '*What I can do*' : noSuch;
  return message([
    section(first),
    section(
      [
        '`/aurora leader [cluster] [share]` who leads, and whether all sources agree',
        '`/aurora backups [cluster] [all]` which backups there are and what each is worth',
        '`/aurora backups show WHICH [cluster]` everything about one backup',
        '`/aurora backups diff A [B]` what is different between two, or between one and now',
        '`/aurora backups hold WHICH for WHY` keep a copy out of rotation until `release`; `now` has the leader write one',
        '`/aurora backups history [days]` size, age and gaps, as a table and a picture',
        '`/aurora restore [cluster]` start a restore: first the plan, nothing is touched',
        '`/aurora restore who [R-id]` who can sign what is open, and why you cannot',
        '`/aurora status [cluster]` what is in progress, and where its thread is',
        '`/aurora history [cluster]` what was restored before, how it ended, and its thread',
        '`/aurora help` this',
      ].join('\n'),
    ),
    context(
      'Commands cannot be typed inside a thread. There, use the buttons of the card, or mention me with one word: `status`, `who`, `leader`, `history`, `help`; with `abort` and a reason I ask before anything stops.',
    ),
  ]);
}
