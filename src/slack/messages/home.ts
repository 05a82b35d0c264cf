/** The Home tab of the bot: the clusters, what waits for whoever looks, and what was restored lately. As of when it was opened. */
import type { HomeView } from '@slack/types';
import type { SeenBackup } from '../../aurora/fleet.ts';
import type { LeaderAnswer } from '../../aurora/leader.ts';
import type { EndedRestore } from '../../restore/record/ended.ts';
import { nextItem, type RestoreState } from '../../restore/record/state.ts';
import { titleOf } from '../../restore/steps/index.ts';
import { context, listRows, section } from '../blocks.ts';
import { code, foreign } from '../escape.ts';
import { clockTime, dayAndTime } from '../time.ts';
import { ageText } from './backup-age.ts';
import { outcomeWords, restoreName } from './status.ts';
import { type Waiting, waitingFor } from './waiting.ts';

/** Rows of each list. */
export const homeRows = 10;

export interface HomeCluster {
  readonly name: string;
  /** `null` when ZooKeeper did not answer in time. */
  readonly leader: LeaderAnswer | null;
  /** The configured name of whom ZooKeeper names, else what it names them by; `null` when it does not name one. */
  readonly leads: string | null;
  /** `null` when none was seen lately. */
  readonly newest: SeenBackup | null;
}

export function renderHome(view: {
  clusters: readonly HomeCluster[];
  open: readonly RestoreState[];
  /** Of those, what the person who looks can do. */
  mine: readonly RestoreState[];
  ended: readonly EndedRestore[];
  unreadable: number;
  /** The addresses of the threads by restore. */
  links: ReadonlyMap<string, string>;
  now: number;
}): HomeView {
  const { clusters, open, mine, ended, unreadable, links, now } = view;
  const others = open.filter((state) => !mine.includes(state));
  return {
    type: 'home',
    blocks: [
      listed(
        'Waits for you',
        mine.map((state) => openRow(state, links)),
        'Nothing waits for you.',
      ),
      ...(others.length === 0
        ? []
        : [
            listed(
              'In progress',
              others.map((state) => openRow(state, links)),
              '',
            ),
          ]),
      ...(unreadable === 0
        ? []
        : [section('*Some restores cannot be read:* `/aurora status` says which, and why.')]),
      listed(
        'Clusters',
        clusters.map((cluster) => clusterRow(cluster, now)),
        'No cluster is configured.',
      ),
      listed(
        'Recent restores',
        ended.map((each) => endedRow(each, links)),
        'No restore has ended yet.',
      ),
      context(
        `As of ${clockTime(now)}: open this tab again for what is so then. \`/aurora help\` in a channel says what I can do.`,
      ),
    ],
  };
}

function listed(title: string, rows: readonly string[], none: string) {
  return section(`*${title}*\n${rows.length === 0 ? none : listRows(rows, homeRows)}`);
}

function openRow(state: RestoreState, links: ReadonlyMap<string, string>): string {
  const item = nextItem(state);
  const step = item === null ? 'the end' : titleOf(item);
  const what = waitingWords[waitingFor(state)] ?? `nobody has to act: ${step}`;
  return `• ${restoreName(state.restoreId, links)} of ${code(state.proposal.cluster)}: ${what}`;
}

const waitingWords: Readonly<Partial<Record<Waiting, string>>> = {
  stop: 'approve the stop, or decline it',
  'sign-commit': 'sign off the commit, or decline it',
  commit: 'commit',
  look: 'look, then let it reconcile or go back',
  'go-back': 'sign off going back, or decline it',
  paused: 'paused: an approver can resume it',
  stuck: 'stuck: it needs a person',
};

function clusterRow({ name, leader, leads, newest }: HomeCluster, now: number): string {
  const backup =
    newest === null
      ? 'no backup seen in the last day'
      : `newest backup ${ageText(newest.contentAtMs, now)}, on ${foreign(newest.copies.map(({ host }) => host).join(', '), 100)}${newest.verdict === 'ok' ? '' : ` (${newest.verdict})`}`;
  return `• ${code(name)}: ${leaderText(leader, leads ?? '')}; ${backup}`;
}

/** By ZooKeeper alone, which is a hint: hosts are asked by `/aurora leader`. */
function leaderText(leader: LeaderAnswer | null, leads: string): string {
  switch (leader?.kind) {
    case 'one':
      return `ZooKeeper names ${foreign(leads, 80)} as the leader`;
    case 'several':
      return `*ZooKeeper names ${leader.members.length} leaders*`;
    case 'none':
    case 'malformed':
      return '*ZooKeeper names no leader*';
    case 'unreachable':
    case undefined:
      return '*ZooKeeper does not answer*';
  }
}

function endedRow(
  { restoreId, cluster, outcome, endedAt }: EndedRestore,
  links: ReadonlyMap<string, string>,
): string {
  return `• ${restoreName(restoreId, links)} of ${code(cluster)}, ${dayAndTime(endedAt)}: ${outcomeWords[outcome]}`;
}
